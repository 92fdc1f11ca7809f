import EventFormats

/// An event as one line of JSON, version 1 of the format (docs/operators/consume.md).
///
/// All members are always there, missing values as `null`, so that a line has one shape.
struct EventLine {
  /// Raised when the meaning of a member changes or one goes; new members may come without.
  static let version = 1

  let queue: String
  let consumer: String

  /// The line, with its end.
  func text(_ event: ReceivedEvent) -> String {
    JSONValue.object([
      .init("v", .number("\(Self.version)")),
      .init("queue", .string(queue)),
      .init("consumer", .string(consumer)),
      .init("event_id", .number("\(event.id)")),
      .init("type", Self.string(event.type)),
      .init("key", Self.string(event.key)),
      .init("payload", Self.string(event.payload)),
      .init("headers", Self.headers(event.headers)),
      .init("attempt", .number("\(event.attempt)")),
      .init("sent_at", .string(event.sentAt)),
      .init("extra1", Self.string(event.extra1)),
      .init("extra2", Self.string(event.extra2)),
    ]).text + "\n"
  }

  private static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// Headers are an object; whatever else a producer put into that field stays text.
  private static func headers(_ text: String?) -> JSONValue {
    guard let text else { return .null }
    if let value = try? JSONValue(parsing: text), case .object = value { return value }
    return .string(text)
  }
}
