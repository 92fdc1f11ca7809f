package import EventFormats
import PostgresClient
package import TableStructure

/// A table that events are loaded into, as far as that matters for reading them.
package struct LoadTable: Sendable {
  package let shape: TableShape
  /// The one column by whose range the table is partitioned; `nil` where it is not, or in another way.
  package let rangeColumn: String?

  package init(shape: TableShape, rangeColumn: String? = nil) {
    self.shape = shape
    self.rangeColumn = rangeColumn
  }

  package var name: QualifiedName { shape.name }

  /// Reads what the target has.
  ///
  /// - Throws: ``ApplyError`` when there is no such table; `PostgresError`.
  static func read(_ name: QualifiedName, _ target: PostgresConnection) async throws -> LoadTable {
    guard let shape = try await TableShape.read(name, target) else {
      throw ApplyError(
        table: name, reason: "the target has no such table",
        remedy: "create it, or name another with --table SOURCE=TARGET, or leave it out with --rest drop")
    }
    let column = try await target.query(
      """
      select a.attname from pg_catalog.pg_partitioned_table p
      join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
      where p.partrelid = \(shape.oid)::oid and p.partstrat = 'r' and p.partnatts = 1
      """
    ).first?.decode(0, as: String.self)
    return LoadTable(shape: shape, rangeColumn: column)
  }
}
