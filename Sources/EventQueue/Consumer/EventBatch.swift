/// A batch of events: everything that was committed between two ticks of a queue.
public struct EventBatch: Sendable {
  /// The batch's number; changes when the batch is opened anew after a restore, so do not keep it elsewhere.
  public var id: Int64
  /// The tick at the batch's begin and end. (source, epoch, begin, end) identifies a batch for ever.
  public var previousTick: Int64, currentTick: Int64
  /// When these ticks were made, in the server's text form.
  public var previousTickTime: String, currentTickTime: String
  /// An estimate of the number of events, from the event sequence; never tells that a batch is empty. 0 for members.
  public var estimatedEvents: Int64
  /// How old the batch's end was when it was opened: how far behind the consumer is.
  public var age: Duration
  /// The query that reads the events in the order of their ids.
  package var sql: String

  package init(
    id: Int64, previousTick: Int64, currentTick: Int64, previousTickTime: String, currentTickTime: String,
    estimatedEvents: Int64, age: Duration = .zero, sql: String
  ) {
    self.id = id
    self.previousTick = previousTick
    self.currentTick = currentTick
    self.previousTickTime = previousTickTime
    self.currentTickTime = currentTickTime
    self.estimatedEvents = estimatedEvents
    self.age = age
    self.sql = sql
  }

  /// The same query without its order, where the order does not matter: it saves a sort.
  package var unorderedSQL: String {
    let order = " order by 1"
    return sql.hasSuffix(order) ? String(sql.dropLast(order.count)) : sql
  }
}
