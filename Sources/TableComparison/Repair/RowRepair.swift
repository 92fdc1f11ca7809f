import EventFormats
import PostgresClient
import ServiceRuntime
import TableStructure

/// What one differing row of the target needs to become like the source's: text only, nothing is executed here.
struct RowRepair: Sendable, Equatable {
  /// Order in which the statements of several rows must stand, so that values which must be unique are free when needed.
  enum Step: Int, Sendable { case delete, update, insert }

  var step: Step
  /// One statement without semicolon, which does nothing when the row is not any more what was compared.
  var sql: String
}

/// One side's row.
struct FoundRow: Sendable, Equatable {
  var digest: String
  /// Text of each compared column.
  var values: [String?]
}

extension TablePair {
  /// The statements for a row.
  ///
  /// - Parameters:
  ///   - rewrites: a changed row is deleted and inserted, for rows that swap unique values.
  /// - Returns: nothing when both sides are the same.
  func repair(
    key: [String?], source found: FoundRow?, target there: FoundRow?, rewrites: Bool = false
  ) -> [RowRepair] {
    switch (found, there) {
    case (nil, nil): []
    case (nil, let there?): [delete(key, there)]
    case (let found?, nil): [insert(key, found)]
    case (let found?, let there?):
      if found.digest == there.digest {
        []
      } else if rewrites {
        [delete(key, there), insert(key, found)]
      } else {
        update(key, found, there).map { [$0] } ?? []
      }
    }
  }

  /// Whether a row can be written anew without losing something.
  var mayRewrite: Bool { target.writableColumns.allSatisfy { columns.contains($0.name) } }

  private var rows: String { target.ownRows }

  private func guarded(_ key: [String?], _ there: FoundRow) -> String {
    "\(right.match(key)) and \(right.digest) = '\(there.digest)'"
  }

  private func delete(_ key: [String?], _ there: FoundRow) -> RowRepair {
    RowRepair(step: .delete, sql: "delete from \(rows) t where \(guarded(key, there))")
  }

  private func update(_ key: [String?], _ found: FoundRow, _ there: FoundRow) -> RowRepair? {
    let fixed = Set(target.columns.filter(\.isIdentityAlways).map(\.name))
    let assignments = columns.indices.filter { found.values[$0] != there.values[$0] && !fixed.contains(columns[$0]) }
      .map { "\(SQLIdentifier.quote(columns[$0])) = \(SQLLiteral.quote(found.values[$0]))" }
    guard !assignments.isEmpty else { return nil }
    return RowRepair(
      step: .update, sql: "update \(rows) t set \(assignments.joined(separator: ", ")) where \(guarded(key, there))")
  }

  private func insert(_ key: [String?], _ found: FoundRow) -> RowRepair {
    let list = columns.map(SQLIdentifier.quote).joined(separator: ", ")
    let overriding = target.columns.contains { $0.isIdentityAlways && columns.contains($0.name) }
    return RowRepair(
      step: .insert,
      sql: """
        insert into \(target.name.quoted) (\(list))\(overriding ? " overriding system value" : "") \
        select \(found.values.map { SQLLiteral.quote($0) }.joined(separator: ", ")) \
        where not exists (select 1 from \(rows) t where \(right.match(key)))
        """)
  }

  /// Looks up rows by key on one side.
  ///
  /// - Throws: ``ComparisonError`` when a key stands for several rows.
  func find(_ keys: [[String?]], _ content: TableContent, _ side: PostgresConnection) async throws -> [FoundRow?] {
    try await side.pipeline(keys.map { PostgresQuery(content.lookUp($0)) }).map { result in
      guard result.count < 2 else {
        throw ComparisonError(
          "table \(table.label): several rows have the same key",
          hint: "name columns that identify a row: --key", exitCode: .badData)
      }
      guard let row = result.first else { return nil }
      return FoundRow(digest: try row.decode(0), values: try (1..<row.count).map { try row.decode($0) })
    }
  }
}
