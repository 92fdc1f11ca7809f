/// Something that a person should know or do.
package struct Finding: Codable, Sendable, Equatable {
  /// How bad it is.
  package enum Severity: String, Codable, Sendable, Comparable, CaseIterable {
    /// Worth knowing; nothing has to be done.
    case notice
    /// Will hurt if nobody does anything.
    case warning
    /// Hurts already: events are not delivered, not accepted, or may be lost.
    case error

    package static func < (one: Severity, other: Severity) -> Bool {
      let order: [Severity] = [.notice, .warning, .error]
      return (order.firstIndex(of: one) ?? 0) < (order.firstIndex(of: other) ?? 0)
    }
  }

  /// The check that found it, for example `rotation`.
  package var check: String
  package var severity: Severity
  /// Where it is: `queue orders`, `consumer mailer of orders`, `database shop`.
  package var place: String
  /// What is the matter, in one line.
  package var what: String
  /// Why that is so, or what it leads to.
  package var cause: String
  /// What to do.
  package var remedy: String
  /// The commands that do it, as they are typed: `trunkline ...` for a shell, everything else is SQL.
  package var commands: [String]

  package init(
    _ check: String, _ severity: Severity, _ place: String, _ what: String, cause: String, remedy: String,
    commands: [String] = []
  ) {
    self.check = check
    self.severity = severity
    self.place = place
    self.what = what
    self.cause = cause
    self.remedy = remedy
    self.commands = commands
  }
}
