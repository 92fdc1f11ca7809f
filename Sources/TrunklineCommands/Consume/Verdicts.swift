import EventFormats

/// What a program that works on a batch says about single events, one JSON object a line on file descriptor 3:
/// `{"event_id": 7, "nack": "reason"}`, also with `"delay": "5 min"`, or `{"event_id": 7, "dead": "reason"}`.
struct Verdicts {
  /// A line that cannot be followed.
  struct Malformed: Error, Equatable {
    let reason: String
  }

  /// Of the events that were named.
  let outcomes: [Int64: EventOutcome]

  /// - Parameter events: the ids in the batch; no others can be judged.
  /// - Throws: ``Malformed``.
  init(_ text: String, events: Set<Int64>) throws(Malformed) {
    var outcomes: [Int64: EventOutcome] = [:]
    for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
      let value: JSONValue
      do { value = try JSONValue(parsing: String(line)) } catch {
        throw Malformed(reason: "no JSON: \(line.prefix(200))")
      }
      guard case .number(let digits) = value["event_id"], let id = Int64(digits), events.contains(id) else {
        throw Malformed(reason: "no event_id of this batch: \(line.prefix(200))")
      }
      if let reason = value["nack"] {
        outcomes[id] = .retry(reason: Self.text(reason), delay: value["delay"].map(Self.text))
      } else if let reason = value["dead"] {
        outcomes[id] = .dead(reason: Self.text(reason))
      } else {
        throw Malformed(reason: "neither \"nack\" nor \"dead\": \(line.prefix(200))")
      }
    }
    self.outcomes = outcomes
  }

  private static func text(_ value: JSONValue) -> String {
    if case .string(let text) = value { text } else { value.text }
  }
}
