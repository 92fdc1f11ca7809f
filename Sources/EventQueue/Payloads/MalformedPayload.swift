/// An event whose payload is not of the type that was asked for.
public struct MalformedPayload: Error, Sendable, CustomStringConvertible {
  /// The queue that the event is of.
  public var queue: String
  /// The event's number.
  public var eventID: Int64
  /// What its producer calls it.
  public var type: String?
  /// What was expected, and where the payload differs. Never holds the payload.
  public var reason: String

  /// Everything in a sentence.
  public var description: String {
    "event \(eventID) of queue \"\(queue)\", type \"\(type ?? "")\", has a payload that cannot be read: \(reason)"
  }
}

/// What becomes of an event with a ``MalformedPayload``. Nothing is skipped silently.
public enum MalformedPayloadPolicy: Sendable {
  /// The error is thrown: the batch is not finished.
  case stop
  /// The event is put aside and comes again, up to the consumer's `max_attempts`; then it is a dead letter. For payloads
  /// that a newer version of the program will understand.
  case retry
  /// The event becomes a dead letter at once.
  case deadLetter
}
