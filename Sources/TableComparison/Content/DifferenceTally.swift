/// Adds up what several lanes find.
actor DifferenceTally {
  private(set) var difference: TableDifference
  private let most: Int
  private let onRow: @Sendable (DifferingRow) async throws -> Void
  private let onProgress: @Sendable (Int) -> Void

  init(
    _ label: String, _ pair: TablePair, most: Int, onRow: @escaping @Sendable (DifferingRow) async throws -> Void,
    onProgress: @escaping @Sendable (Int) -> Void
  ) {
    difference = TableDifference(table: label)
    difference.key = pair.key
    difference.notes = pair.notes
    self.most = most
    self.onRow = onRow
    self.onProgress = onProgress
  }

  func count(source: Int, target: Int) {
    difference.sourceRows += source
    difference.targetRows += target
    onProgress(max(source, target))
  }

  func add(_ row: DifferingRow) async throws {
    difference.add(row, keepingAtMost: most)
    try await onRow(row)
  }
}
