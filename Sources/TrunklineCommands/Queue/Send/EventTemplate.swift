import EventFormats
import EventQueue
import FoundationEssentials
import ServiceRuntime

/// Makes events of records of the input: what the options say, and what the record itself says.
struct EventTemplate: Sendable {
  var type: String?
  var key: String?
  var headers: [String: String] = [:]
  var delivery = OutgoingEvent.Delivery.now
  /// `%n` in it is the number of the record.
  var deduplicationKey: String?
  var deduplicationWindow = Duration.seconds(86_400)
  /// Whether records are JSON objects with the fields of an event; else they are payloads.
  var isJSON = false

  /// Makes the event of a record.
  ///
  /// - Throws: ``RecordProblem``, `FormatError`.
  func event(_ record: [UInt8], number: Int) throws -> OutgoingEvent {
    guard let text = String(validating: record, as: UTF8.self) else { throw RecordProblem("it is not UTF-8") }
    guard !record.contains(0) else { throw RecordProblem("it holds a NUL byte, which PostgreSQL's text cannot") }
    var event = OutgoingEvent(
      payload: text, type: type, key: key, headers: headers, delivery: delivery,
      deduplication: deduplicationKey.map {
        .init(key: $0.replacing("%n", with: "\(number)"), window: deduplicationWindow)
      })
    if isJSON { try fill(&event, from: JSONValue(parsing: text)) }
    return event
  }

  private func fill(_ event: inout OutgoingEvent, from value: JSONValue) throws {
    guard case .object(let members) = value else { throw RecordProblem("it is not a JSON object") }
    event.payload = nil
    var window = deduplicationWindow
    var deduplicationKey = event.deduplication?.key
    var times = 0
    for member in members {
      let field = Field(name: member.name, value: member.value)
      switch member.name {
      case "payload": event.payload = field.content
      case "type": event.type = try field.text
      case "key": event.key = try field.text
      case "headers": event.headers.merge(try field.headers) { $1 }
      case "delay":
        event.delivery = .after(try field.duration)
        times += 1
      case "deliver_at":
        event.delivery = .at(try field.time)
        times += 1
      case "dedup_key": deduplicationKey = try field.text
      case "dedup_window": window = try field.duration
      default:
        throw RecordProblem(
          "\"\(member.name)\" is no field of an event: there are type, payload, key, headers, delay, deliver_at,"
            + " dedup_key and dedup_window")
      }
    }
    guard times < 2 else { throw RecordProblem("delay and deliver_at exclude each other") }
    guard members.contains(where: { $0.name == "payload" }) else { throw RecordProblem("it has no payload") }
    event.deduplication = deduplicationKey.map { .init(key: $0, window: window) }
  }
}

/// Why a record of the input is no event.
struct RecordProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// One member of a JSON object that describes an event.
private struct Field {
  let name: String
  let value: JSONValue

  /// Strings as they are, everything else as JSON; null is NULL.
  var content: String? {
    switch value {
    case .null: nil
    case .string(let text): text
    default: value.text
    }
  }

  var text: String? {
    get throws {
      switch value {
      case .null: return nil
      case .string(let text), .number(let text): return text
      default: throw RecordProblem("\"\(name)\" is not a string")
      }
    }
  }

  var headers: [String: String] {
    get throws {
      guard case .object(let members) = value else { throw RecordProblem("\"headers\" is not an object") }
      return Dictionary(
        members.compactMap { member in Field(name: member.name, value: member.value).content.map { (member.name, $0) }
        },
        uniquingKeysWith: { $1 })
    }
  }

  var duration: Duration {
    get throws {
      guard let text = try text, let duration = Duration(parsing: text) else {
        throw RecordProblem("\"\(name)\" is no time such as 250ms, 2s, 1.5min, 1h or 1d")
      }
      return duration
    }
  }

  var time: Date {
    get throws {
      guard let text = try text, let time = try? Date(text, strategy: .iso8601) else {
        throw RecordProblem("\"\(name)\" is no time such as 2030-01-31T12:00:00Z")
      }
      return time
    }
  }
}
