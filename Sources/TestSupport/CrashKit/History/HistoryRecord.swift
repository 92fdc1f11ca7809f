/// One line of what a process wrote down about itself, in one write(2): what it wrote before it was killed is there.
package enum HistoryRecord: Sendable, Equatable {
  /// A producer has the transaction id of its transaction `number` and has inserted nothing yet.
  case began(number: Int, xid: Int64)
  /// Its commit was confirmed.
  case committed(number: Int)
  /// It was rolled back, as planned or by an error that the server reported.
  case rolledBack(number: Int)
  /// The connection was lost, and the server was asked later what became of the transaction.
  case foundOut(number: Int, isCommitted: Bool)

  /// A consumer has read all events of a batch.
  case delivered(Delivery)
  /// It asked for this event to come again; part of the batch's work.
  case askedForRetry(batch: String, event: EventName)
  /// The end of the batch was confirmed; when that was asked for, and when it was confirmed.
  case finished(batch: String, asked: Int64, time: Int64)

  /// A batch as it was read. Times are nanoseconds of the machine's monotonic clock, the same for all processes.
  package struct Delivery: Sendable, Equatable {
    /// `FROM-TO`, its ticks; or its receipt.
    package var batch: String
    /// A time before the batch was asked for.
    package var asked: Int64
    /// A time when the process had it.
    package var time: Int64
    package var events: [Event]

    package init(batch: String, asked: Int64, time: Int64, events: [Event]) {
      self.batch = batch
      self.asked = asked
      self.time = time
      self.events = events
    }
  }

  /// An event as it was received.
  package struct Event: Sendable, Hashable {
    /// Nil for data that no producer writes.
    package var name: EventName?
    package var key: String
    /// How often it was put aside before.
    package var retries: Int

    package init(name: EventName?, key: String, retries: Int = 0) {
      self.name = name
      self.key = key
      self.retries = retries
    }
  }
}

extension HistoryRecord {
  /// One line, without its end.
  package var line: String {
    switch self {
    case .began(let number, let xid): "B \(number) \(xid)"
    case .committed(let number): "C \(number)"
    case .rolledBack(let number): "R \(number)"
    case .foundOut(let number, let isCommitted): "L \(number) \(isCommitted ? "committed" : "aborted")"
    case .delivered(let delivery):
      (["D", delivery.batch, "\(delivery.asked)", "\(delivery.time)"]
        + delivery.events.map { "\($0.name?.description ?? "?"):\($0.key):\($0.retries)" }).joined(separator: " ")
    case .askedForRetry(let batch, let event): "T \(batch) \(event)"
    case .finished(let batch, let asked, let time): "F \(batch) \(asked) \(time)"
    }
  }

  /// Reads what `line` writes; nil for anything else.
  package init?(line: some StringProtocol) {
    let words = line.split(separator: " ")
    switch words.first {
    case "B" where words.count == 3:
      guard let number = Int(words[1]), let xid = Int64(words[2]) else { return nil }
      self = .began(number: number, xid: xid)
    case "C" where words.count == 2:
      guard let number = Int(words[1]) else { return nil }
      self = .committed(number: number)
    case "R" where words.count == 2:
      guard let number = Int(words[1]) else { return nil }
      self = .rolledBack(number: number)
    case "L" where words.count == 3:
      guard let number = Int(words[1]) else { return nil }
      self = .foundOut(number: number, isCommitted: words[2] == "committed")
    case "D" where words.count >= 4:
      guard let asked = Int64(words[2]), let time = Int64(words[3]) else { return nil }
      let events = words.dropFirst(4).compactMap { Event($0) }
      guard events.count == words.count - 4 else { return nil }
      self = .delivered(Delivery(batch: String(words[1]), asked: asked, time: time, events: events))
    case "T" where words.count == 3:
      guard let event = EventName(words[2]) else { return nil }
      self = .askedForRetry(batch: String(words[1]), event: event)
    case "F" where words.count == 4:
      guard let asked = Int64(words[2]), let time = Int64(words[3]) else { return nil }
      self = .finished(batch: String(words[1]), asked: asked, time: time)
    default: return nil
    }
  }

  /// The records of a whole file. A last line without an end was cut off by the death of its writer and counts as not written.
  package static func records(of text: String) throws -> [HistoryRecord] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeLast()
    return try lines.map { line in
      guard let record = HistoryRecord(line: line) else { throw MalformedHistory(line: String(line.prefix(200))) }
      return record
    }
  }
}

extension HistoryRecord.Event {
  fileprivate init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let retries = Int(parts[2]) else { return nil }
    self.init(name: EventName(parts[0]), key: String(parts[1]), retries: retries)
  }
}

/// A line that no process writes.
package struct MalformedHistory: Error, CustomStringConvertible {
  package let line: String
  package var description: String { "a line of the history makes no sense: \(line)" }
}
