package import EventFormats

/// Which columns of events go to which columns of the table: `*`, or `a,b:new_b`.
package struct FieldMap: Sendable, Equatable {
  /// Source columns and their names in the table; `nil`: all, under their own names.
  private var list: [(source: String, name: String)]?
  private var skipped: Set<String> = []

  /// All columns.
  package init() {}

  /// - Throws: ``HandlerError`` when a column of the table is named twice, or a name is missing.
  package init(_ fields: String?, skipping: String?) throws(HandlerError) {
    skipped = Set(skipping?.commaSeparated ?? [])
    guard let fields, fields.trimmingBlanks != "*" else { return }
    var list: [(source: String, name: String)] = []
    for field in fields.commaSeparated {
      let parts = field.split(separator: ":", omittingEmptySubsequences: false).map(\.trimmingBlanks)
      guard let source = parts.first, let name = parts.last, parts.count <= 2, !source.isEmpty, !name.isEmpty else {
        throw HandlerError("fields has '\(field)'", remedy: "write column, or column:new_name, separated by commas")
      }
      guard !list.contains(where: { $0.name == name }) else {
        throw HandlerError("fields names the column \(name) twice", remedy: "name each column of the table once")
      }
      list.append((source, name))
    }
    guard !list.isEmpty else { throw HandlerError("fields names no column", remedy: "write * for all") }
    self.list = list
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.skipped == right.skipped && left.list?.map(\.source) == right.list?.map(\.source)
      && left.list?.map(\.name) == right.list?.map(\.name)
  }

  /// Whether every column goes to the column of its name.
  package var isIdentity: Bool { list == nil && skipped.isEmpty }

  /// The row as the table has it. A listed column that the event does not have is NULL, unless the event has only what changed.
  package func columns(_ columns: [ColumnValue], isSparse: Bool = false) -> [ColumnValue] {
    guard let list else { return columns.filter { !skipped.contains($0.name) } }
    return list.compactMap { source, name in
      if skipped.contains(source) { return nil }
      let found = columns.first { $0.name == source }
      return found == nil && isSparse ? nil : ColumnValue(name, found?.value)
    }
  }

  /// A column's name in the table; `nil` when it does not go there.
  package func name(of source: String) -> String? {
    if skipped.contains(source) { return nil }
    guard let list else { return source }
    return list.first { $0.source == source }?.name
  }
}
