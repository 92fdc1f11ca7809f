/// Which events are wanted. The others are left out, and counted.
package struct EventFilter: Sendable, Equatable {
  /// One pattern of every field named here must fit.
  package var patterns: [EventPattern] = []
  /// A condition in SQL over the event's columns, from somebody who may run SQL at the source.
  package var sql: String?

  package init() {}

  /// The condition in SQL; `nil` when all events are wanted.
  var condition: String? {
    var conditions: [String] = []
    for field in EventField.allCases {
      let patterns = patterns.filter { $0.field == field }.map(\.condition)
      if !patterns.isEmpty { conditions.append("(\(patterns.joined(separator: " or ")))") }
    }
    if let sql { conditions.append("(\(sql)\n)") }
    return conditions.isEmpty ? nil : conditions.joined(separator: " and ")
  }

  /// What `ev_retry` is of events that are not wanted.
  package static let mark = -1

  /// A batch's query with the events that are not wanted marked, and without their content.
  package func marking(_ batch: String) -> String {
    guard let condition else { return batch }
    let fields = ["ev_type", "ev_data", "ev_extra1", "ev_extra2", "ev_extra3", "ev_extra4"]
      .map { "case when tl_wanted then \($0) end as \($0)" }
    return """
      select ev_id, ev_time, ev_txid, case when tl_wanted then ev_retry else \(Self.mark) end as ev_retry,
        \(fields.joined(separator: ", "))
      from (select b.*, (\(condition)) is true as tl_wanted from (\(batch)) b) f
      """
  }
}
