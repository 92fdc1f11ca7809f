/// An event that a consumer gave up.
public struct DeadEvent: Codable, Sendable, Equatable {
  /// The dead letter's number.
  public var id: Int64
  /// Whose it is.
  public var queue: String, consumer: String
  /// The event's number in its queue.
  public var eventID: Int64
  /// What the producer calls the event.
  public var type: String?
  /// The event's content.
  public var payload: String?
  /// The event's key.
  public var key: String?
  /// How many attempts failed.
  public var attempts: Int
  /// Why the last one failed.
  public var reason: String?
  /// When the event was sent and given up, in the server's text form.
  public var sentAt: String, diedAt: String
}

/// A dead letter with its remaining fields and how it came about.
public struct DeadEventHistory: Codable, Sendable, Equatable {
  /// One failure.
  public struct Failure: Codable, Sendable, Equatable {
    /// 1 for the first.
    public var attempt: Int
    /// Why, in the words of the consumer.
    public var reason: String?
    /// When, in the server's text form.
    public var failedAt: String
  }

  /// The dead letter.
  public var event: DeadEvent
  /// The event's headers, a JSON object.
  public var headers: String?
  /// Further fields of the event.
  public var extra1: String?, extra2: String?
  /// The failures of the last week, the oldest first.
  public var failures: [Failure]
}
