import EventFormats
import EventQueue
package import PostgresClient

/// Compares one table of two databases by content, every row and every column.
///
/// Chunks of the table are summed up by either server for itself; only where the sums differ, the chunk is divided further, and
/// only the rows of parts that differ travel, as digests. Memory is bounded whatever the table's size is.
///
/// Where both servers order the key in the same way and have it indexed, chunks are ranges of keys that the source cuts. Else
/// (no primary key, other collations or versions of them, types whose order or text may vary) the whole table is divided by
/// the hash of the key's text, which is right on any two servers, but reads the table as one piece.
package struct TableComparison: Sendable {
  /// What to compare.
  package var table: ComparedTable
  /// How many differing rows to name.
  package var maximumExamples = 10
  /// Rows of one chunk.
  package var chunkRows = 20_000
  /// Whether only to count rows.
  package var countsOnly = false
  /// Told of every differing row, in no order.
  package var onRow: @Sendable (DifferingRow) async throws -> Void = { _ in }
  /// Told of rows compared since the last call.
  package var onProgress: @Sendable (Int) -> Void = { _ in }

  package init(table: ComparedTable) { self.table = table }

  /// Compares over one session each. Both sides must stand still.
  ///
  /// - Throws: as ``run(_:_:)``.
  package func run(_ source: PostgresConnection, _ target: PostgresConnection) async throws -> TableDifference {
    // Both servers shall write equal values in the same words.
    for side in [source, target] { try await TextForms.pin(side) }
    return try await run([source], [target])
  }

  /// Compares what aligned sessions see.
  ///
  /// - Throws: as ``run(_:_:)``; ``ComparisonError`` when the table is being copied.
  package func run(_ sessions: AlignedSessions) async throws -> TableDifference {
    try await sessions.checkReady(table)
    var difference = try await run(sessions.source, sessions.target)
    difference.tick = await sessions.tick
    return difference
  }

  /// Compares over several sessions, each pair one chunk at a time. Their settings must be pinned.
  ///
  /// - Throws: ``ComparisonError``: a table or column is missing; `PostgresError`; what ``onRow`` throws.
  package func run(
    _ source: [PostgresConnection], _ target: [PostgresConnection]
  ) async throws -> TableDifference {
    guard let cutter = source.last, let reader = target.first else { return TableDifference(table: table.label) }
    let pair = try await TablePair.read(table, cutter, reader)
    let tally = DifferenceTally(table.label, pair, most: maximumExamples, onRow: onRow, onProgress: onProgress)
    if countsOnly {
      let counter = ChunkComparison(pair: pair, source: cutter, target: reader, tally: tally)
      try await counter.count()
      return await tally.difference
    }
    let cuts = ChunkCutter(pair.left, connection: cutter, isWalked: pair.walk != nil, rows: chunkRows)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (left, right) in zip(source, target) {
        let lane = ChunkComparison(pair: pair, source: left, target: right, tally: tally)
        group.addTask {
          while let range = try await cuts.next() { _ = try await lane.run(range) }
        }
      }
      try await group.waitForAll()
    }
    return await tally.difference
  }
}
