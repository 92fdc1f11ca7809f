public import FoundationEssentials
public import Instrumentation

/// One event as ``MessageConsumer`` delivers it.
public struct Message: Sendable {
  /// The queue that it is of.
  public let queue: String
  /// The event's number: unique within its queue, the same whenever it is delivered again.
  public let id: Int64
  /// What the producer calls it.
  public let type: String?
  /// Its content.
  public let payload: String?
  /// Messages of one key are worked on one after another.
  public let key: String?
  /// A JSON object, as the producer gave it.
  public let headers: String?
  /// 1 for the first delivery, one more after each failure.
  public let attempt: Int
  /// The time of the sending transaction, in the server's text form.
  public let sentAt: String
  /// Further fields of the event; table events hold the table's name in the first.
  public let extra1: String?, extra2: String?

  /// The payload as a Swift value.
  ///
  /// - Throws: ``MalformedPayload``. Let it leave the handler: ``MessageConsumer/malformedPayloads`` says what becomes of it.
  public func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, using decoder: JSONDecoder = JSONDecoder()
  ) throws -> Value {
    try decodePayload(payload, as: type, using: decoder, queue: queue, eventID: id, eventType: self.type)
  }

  /// The trace in which the event was sent. The handler runs in it already.
  public var traceContext: InstrumentationContext { TraceHeaders.context(of: headers) }
}

/// Thrown by a handler: the message is put to the dead letters at once, because another attempt cannot help.
public struct DeadLetter: Error, Sendable, CustomStringConvertible {
  /// Kept with the message, for people to read.
  public var reason: String

  /// Gives the reason.
  public init(_ reason: String) { self.reason = reason }

  /// The reason.
  public var description: String { reason }
}

/// Thrown by a handler: the message failed and comes again after a time of the handler's choice instead of the usual back-off.
public struct RetryLater: Error, Sendable, CustomStringConvertible {
  /// Kept with the message, for people to read.
  public var reason: String
  /// The time until it comes again, at least.
  public var delay: Duration

  /// Gives reason and time.
  public init(_ reason: String, after delay: Duration) {
    self.reason = reason
    self.delay = delay
  }

  /// The reason.
  public var description: String { reason }
}
