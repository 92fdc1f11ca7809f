import EventFormats

/// Which queue each event goes to.
package struct EventRouting: Sendable, Equatable {
  /// Events of a pattern go to a queue. The first route that fits counts.
  package struct Route: Sendable, Equatable {
    package var pattern: EventPattern
    package var queue: String

    package init(_ pattern: EventPattern, to queue: String) {
      self.pattern = pattern
      self.queue = queue
    }
  }

  /// Queues named by the events themselves, for those that no route fits.
  package struct Naming: Sendable, Equatable {
    package var field: EventField
    /// Only the field's part before the first `.`, `:` or `/` counts.
    package var isByPrefix = false
    /// Text before and after it in the queue's name.
    package var prefix = "", suffix = ""

    package init(_ field: EventField) { self.field = field }

    /// The queue's name in SQL; NULL where the field says nothing.
    var name: String {
      let value = isByPrefix ? "substring(\(field.column) from '^[^.:/]+')" : "nullif(\(field.column), '')"
      return "\(SQLLiteral.quote(prefix)) || \(value) || \(SQLLiteral.quote(suffix))"
    }
  }

  /// What becomes of events that go nowhere else.
  package enum Rest: Sendable, Equatable {
    case queue(String)
    /// They are left out, and counted.
    case drop
    /// They are refused: the worker stops before the batch.
    case stop
  }

  package var filter = EventFilter()
  package var routes: [Route] = []
  package var naming: Naming?
  package var rest: Rest

  package init(rest: Rest) { self.rest = rest }

  /// The queue's name in SQL. NULL: no route; the empty name: left out on purpose.
  var destination: String {
    var cases: [String] = []
    if let condition = filter.condition { cases.append("when (\(condition)) is not true then ''") }
    cases += routes.map { "when \($0.pattern.condition) then \(SQLLiteral.quote($0.queue))" }
    let last =
      switch rest {
      case .queue(let queue): SQLLiteral.quote(queue)
      case .drop: "''"
      case .stop: "null"
      }
    let other = naming.map { "coalesce(\($0.name), \(last))" } ?? last
    return cases.isEmpty ? other : "case \(cases.joined(separator: " ")) else \(other) end"
  }

  /// The COPY that sends a batch with the destinations of its events.
  func copyOut(_ batch: String) -> String {
    // What goes nowhere is only counted.
    let fields = ["ev_time", "ev_type", "ev_data", "ev_extra1", "ev_extra2", "ev_extra3", "ev_extra4"]
      .map { "case when tl_queue <> '' then \($0) end" }
    return """
      copy (select ev_id, tl_queue, \(fields.joined(separator: ", "))
        from (select b.*, (\(destination))::text as tl_queue from (\(batch)) b) r) to stdout
      """
  }
}
