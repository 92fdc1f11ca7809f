import EventFormats
import PostgresClient
import TableStructure

/// One state of the source that several connections read.
struct CopySnapshot: Sendable {
  /// How other sessions of the database get it.
  var exported: String
  /// What it sees.
  var transactions: TransactionSnapshot

  /// Begins a transaction that holds a snapshot. Until its end the tables cannot be rewritten or emptied: rows stay in
  /// their blocks.
  ///
  /// - Throws: `PostgresError`.
  static func take(of tables: [TableShape], _ source: PostgresConnection) async throws -> CopySnapshot {
    let foreign = Set(
      try await source.query("select ftrelid from pg_catalog.pg_foreign_table").map {
        try $0.decode(0, as: UInt32.self)
      })
    let lockable = tables.filter { !foreign.contains($0.oid) }.map(\.ownRows)
    try await source.execute("begin isolation level repeatable read read only")
    // The lock comes first, and takes no snapshot yet: what is emptied after the snapshot would look empty.
    if !lockable.isEmpty {
      try await source.execute("lock table \(lockable.joined(separator: ", ")) in access share mode")
    }
    let rows = try await source.query("select pg_catalog.pg_export_snapshot(), txid_current_snapshot()")
    guard let (exported, seen) = try rows.first?.decode(String.self, String.self) else {
      throw PostgresError(.decoding, "the source gave no snapshot")
    }
    return CopySnapshot(exported: exported, transactions: try TransactionSnapshot(parsing: seen))
  }
}
