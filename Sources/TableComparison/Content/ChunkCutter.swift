import PostgresClient

/// Cuts a table into chunks, one after the other, in the order of its key.
actor ChunkCutter {
  private let content: TableContent
  private let connection: PostgresConnection
  private let isWalked: Bool
  private let rows: Int
  private var last: [String]?
  private var isAtEnd = false
  private var turn: Task<KeyRange?, any Error>?

  /// - Parameters:
  ///   - after: where to begin.
  ///   - isWalked: whether the key can be walked; else the table is one chunk.
  init(_ content: TableContent, connection: PostgresConnection, isWalked: Bool, rows: Int, after: [String]? = nil) {
    self.content = content
    self.connection = connection
    self.isWalked = isWalked
    self.rows = rows
    last = after
  }

  /// The next chunk; `nil` at the end. The last one has no upper bound.
  func next() async throws -> KeyRange? {
    // one after the other: each begins where the one before ends
    let before = turn
    let task = Task {
      _ = await before?.result
      return try await cut()
    }
    turn = task
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func cut() async throws -> KeyRange? {
    guard !isAtEnd else { return nil }
    var range = KeyRange(after: last, through: nil)
    guard isWalked else {
      isAtEnd = true
      return .all
    }
    if let row = try await connection.query(PostgresQuery(content.nextKey(range, rows: rows))).first {
      range.through = try (0..<row.count).map { try row.decode($0, as: String.self) }
      last = range.through
    } else {
      isAtEnd = true
    }
    return range
  }
}
