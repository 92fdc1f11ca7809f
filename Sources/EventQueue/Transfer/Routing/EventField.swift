/// A field of events by which they can be told apart.
package enum EventField: String, Sendable, CaseIterable {
  case type, data, extra1, extra2, extra3, extra4

  /// The field of that name; `table` is `extra1`, which holds the table's name in table events.
  package init?(name: String) {
    guard let field = name == "table" ? .extra1 : Self(rawValue: name) else { return nil }
    self = field
  }

  var column: String { "ev_\(rawValue)" }
}
