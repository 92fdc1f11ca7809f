import PostgresClient

/// Compares chunks of one table over one session on each side.
struct ChunkComparison: Sendable {
  let pair: TablePair
  let source: PostgresConnection, target: PostgresConnection
  let tally: DifferenceTally

  /// A chunk up to this many rows is listed at once.
  private static let fewRows = 400
  /// Parts of a table that cannot be walked.
  private static let mostBuckets = 16_384

  private struct Sum: Equatable, Sendable {
    var rows: Int
    var sum: String
  }

  /// Compares a chunk.
  ///
  /// - Returns: the number of rows of the larger side, and whether both are the same.
  func run(_ range: KeyRange) async throws -> (rows: Int, isEqual: Bool) {
    if range == .all, pair.walk == nil { return try await divide(range, buckets: Self.mostBuckets, counts: true) }
    let (left, right) = try await sums(range)
    await tally.count(source: left.rows, target: right.rows)
    let rows = max(left.rows, right.rows)
    guard left != right else { return (rows, true) }
    if rows <= Self.fewRows {
      try await list(range, buckets: 1, chosen: nil)
    } else {
      var buckets = 16
      while buckets * 100 < rows, buckets < Self.mostBuckets { buckets *= 2 }
      _ = try await divide(range, buckets: buckets, counts: false)
    }
    return (rows, false)
  }

  /// Whether both sides have the same rows in a chunk; lists nothing.
  func isEqual(_ range: KeyRange) async throws -> (rows: Int, isEqual: Bool) {
    let (left, right) = try await sums(range)
    return (max(left.rows, right.rows), left == right)
  }

  /// Counts the rows of the whole table.
  func count() async throws {
    async let left = source.query(PostgresQuery(pair.left.count(.all))).first?.decode(0, as: Int.self)
    async let right = target.query(PostgresQuery(pair.right.count(.all))).first?.decode(0, as: Int.self)
    try await tally.count(source: left ?? 0, target: right ?? 0)
  }

  private func sums(_ range: KeyRange) async throws -> (Sum, Sum) {
    async let left = sum(source, pair.left.checksum(range))
    async let right = sum(target, pair.right.checksum(range))
    return try await (left, right)
  }

  private func sum(_ side: PostgresConnection, _ sql: String) async throws -> Sum {
    guard let row = try await side.query(PostgresQuery(sql)).first else {
      throw PostgresError(.decoding, "the checksum query returned no row")
    }
    return Sum(rows: try row.decode(0), sum: try row.decode(1))
  }

  /// Divides a chunk by the hash of the key and lists the parts that differ.
  private func divide(
    _ range: KeyRange, buckets: Int, counts: Bool
  ) async throws -> (rows: Int, isEqual: Bool) {
    async let lefts = bucketSums(source, pair.left.bucketChecksums(range, buckets: buckets))
    async let rights = bucketSums(target, pair.right.bucketChecksums(range, buckets: buckets))
    let (left, right) = try await (lefts, rights)
    let leftRows = left.values.map(\.rows).reduce(0, +), rightRows = right.values.map(\.rows).reduce(0, +)
    if counts { await tally.count(source: leftRows, target: rightRows) }
    let differing = Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }
    if !differing.isEmpty {
      let isMost = differing.count > buckets / 2
      try await list(range, buckets: buckets, chosen: isMost ? nil : differing.sorted())
    }
    return (max(leftRows, rightRows), differing.isEmpty)
  }

  private func bucketSums(_ side: PostgresConnection, _ sql: String) async throws -> [Int: Sum] {
    var sums: [Int: Sum] = [:]
    for row in try await side.query(PostgresQuery(sql)) {
      let (bucket, rows, sum) = try row.decode(Int.self, Int.self, String.self)
      sums[bucket] = Sum(rows: rows, sum: sum)
    }
    return sums
  }

  private func list(_ range: KeyRange, buckets: Int, chosen: [Int]?) async throws {
    async let left = source.openCopyOut(pair.left.listing(range, buckets: buckets, chosen: chosen))
    async let right = target.openCopyOut(pair.right.listing(range, buckets: buckets, chosen: chosen))
    let (lefts, rights) = try await (left, right)
    do {
      var merge = ListingMerge(ListingReader(lefts), ListingReader(rights))
      try await merge.run { try await tally.add($0) }
    } catch {
      await lefts.close()
      await rights.close()
      throw error
    }
  }
}
