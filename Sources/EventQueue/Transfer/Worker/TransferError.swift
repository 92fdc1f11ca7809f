public import PostgresClient

/// Why a batch could not be brought into a target: where it happened and what to do. Nothing of the batch was kept.
public struct TransferError: Error, Sendable {
  /// The queue that is read.
  public var queue: String?
  /// The batch's ticks, once known.
  public var ticks: (from: Int64, to: Int64)?
  /// The event's number in the queue, where one is to blame.
  public var event: Int64?
  /// What went wrong.
  public var reason: String
  /// What to do about it.
  public var remedy: String
  /// The server's answer, when there was one.
  public var cause: PostgresError?

  /// Describes a failure.
  public init(
    queue: String? = nil, event: Int64? = nil, reason: String, remedy: String, cause: PostgresError? = nil
  ) {
    self.queue = queue
    self.event = event
    self.reason = reason
    self.remedy = remedy
    self.cause = cause
  }
}

extension TransferError: CustomStringConvertible {
  /// One line: place, reason, remedy.
  public var description: String { "\(text); \(remedy)" }

  /// Place and reason without the remedy.
  public var text: String {
    var place: [String] = []
    if let queue { place.append("queue \"\(queue)\"") }
    if let ticks { place.append("ticks \(ticks.from) to \(ticks.to)") }
    if let event { place.append("event \(event)") }
    return (place.isEmpty ? "" : place.joined(separator: ", ") + ": ") + reason
  }
}
