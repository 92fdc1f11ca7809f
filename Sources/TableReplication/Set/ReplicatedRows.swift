package import EventFormats
package import PostgresClient

/// What of a table of a set is to be on a node, as its attributes and its handler say.
package struct ReplicatedRows: Sendable, Equatable {
  /// The table here.
  package var table: QualifiedName
  /// Whether rows of the table are kept here as they are at the source.
  package var isStored = true
  /// Which rows were copied: SQL over the columns, the same on both sides.
  package var condition: String?
  /// Which rows the handler takes: SQL over the source's columns.
  package var sourceCondition: String?
  /// Columns that have other values here than at the source, or are not here.
  package var changedColumns: Set<String> = []

  /// Asks the handler.
  ///
  /// - Parameters:
  ///   - name: the table's name in the set.
  ///   - destination: its name here, if that is another one.
  ///   - attributes: as `londiste.table_info` has them.
  ///   - local: the node's database.
  /// - Throws: ``ApplyError`` when the attributes make no sense or the node lacks something; `PostgresError`.
  package static func read(
    _ name: String, to destination: String?, _ attributes: String?, _ local: PostgresConnection
  ) async throws -> ReplicatedRows {
    var copy = CopyTable(try QualifiedName(unquoted: name), target: try QualifiedName(unquoted: destination ?? name))
    try await copy.obey(attributes, of: name, local)
    var rows = ReplicatedRows(table: copy.target)
    rows.condition = try RegisteredAttributes.reading(attributes).condition.flatMap { $0.isEmpty ? nil : $0 }
    guard let rule = copy.rule else { return rows }
    rows.isStored = rule.isWanted
    rows.sourceCondition = rule.condition
    let columns = try await local.query(
      """
      select attname from pg_catalog.pg_attribute
      where attrelid = to_regclass(\(copy.target.quoted)) and attnum > 0 and not attisdropped
      """)
    for column in columns {
      let column = try column.decode(0, as: String.self)
      if case .keep = rule.column(column) { continue }
      rows.changedColumns.insert(column)
    }
    return rows
  }
}
