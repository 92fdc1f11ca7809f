public import EventFormats
public import PostgresClient

/// Why a batch could not be applied: where it happened and what to do. Nothing of the batch was kept.
public struct ApplyError: Error, Sendable {
  /// The queue, once known.
  public var queue: String?
  /// The batch's ticks, once known.
  public var ticks: (from: Int64, to: Int64)?
  /// The table that the event is about.
  public var table: QualifiedName?
  /// The event's number in the queue.
  public var event: Int64?
  /// What went wrong.
  public var reason: String
  /// What to do about it.
  public var remedy: String
  /// The server's answer, when there was one.
  public var cause: PostgresError?
  /// Whether no other way of applying the batch can help.
  var isFinal = false

  /// Describes a failure.
  public init(
    table: QualifiedName? = nil, event: Int64? = nil, reason: String, remedy: String, cause: PostgresError? = nil
  ) {
    self.table = table
    self.event = event
    self.reason = reason
    self.remedy = remedy
    self.cause = cause
  }
}

extension ApplyError {
  /// Whether the event's own content is at fault: data that do not parse, or that the table's types and constraints
  /// refuse. Not missing tables, columns or rights.
  var isAboutTheEvent: Bool {
    guard let cause else { return reason.hasPrefix("the event") }
    return ["22", "23"].contains(cause.sqlState?.errorClass)
  }
}

extension ApplyError: CustomStringConvertible {
  /// One line: place, reason, remedy.
  public var description: String { "\(text); \(remedy)" }

  /// Place and reason without the remedy.
  public var text: String {
    var place: [String] = []
    if let queue { place.append("queue \"\(queue)\"") }
    if let ticks { place.append("ticks \(ticks.from) to \(ticks.to)") }
    if let event { place.append("event \(event)") }
    if let table { place.append("table \(table.quoted)") }
    return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + reason
  }
}
