/// A handler that cannot be set up: what is wrong with its name or arguments, and what is possible.
package struct HandlerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The table whose handler it is, as the set names it; `nil` where that is not known.
  package var table: String?
  /// What is wrong.
  package var problem: String
  /// What to do about it.
  package var remedy: String

  package init(table: String? = nil, _ problem: String, remedy: String) {
    self.table = table
    self.problem = problem
    self.remedy = remedy
  }

  /// One line: table, problem, remedy.
  package var description: String { (table.map { "table \($0): " } ?? "") + "\(problem); \(remedy)" }
}
