import EventFormats
import PostgresClient

/// Which part of a set's rows a node has: those whose hash, with ``mask``, gives ``number``.
package struct ShardPart: Sendable, Equatable {
  package var number: Int64, mask: Int64

  /// - Throws: ``ApplyError`` unless the mask is one less than a power of two and the number is inside.
  package init(number: Int64, mask: Int64, count: Int64? = nil) throws {
    let isMask = mask >= 0 && mask < Int64.max && (mask + 1) & mask == 0
    guard isMask, (0...mask).contains(number), count.map({ $0 == mask + 1 }) ?? true else {
      throw ApplyError(
        reason: "the node's shard \(number) with mask \(mask) and \(count.map(String.init) ?? "?") parts cannot be",
        remedy: "the number of parts must be a power of two, the mask one less, the shard's number at most the mask")
    }
    self.number = number
    self.mask = mask
  }

  package func has(_ hash: Int64) -> Bool { hash & mask == number }

  /// Asks the node: by `query`, whose row is (shard_nr, shard_mask, shard_count), or by the table `partconf.conf` in its newer
  /// form (shard_nr, shard_mask, shard_count) or its older one (part_nr, max_part).
  ///
  /// - Throws: ``ApplyError`` when there is no such row, or more; `PostgresError`.
  static func read(_ target: PostgresConnection, query: String?) async throws -> ShardPart {
    var sql = query
    if sql == nil {
      let columns = try await target.query(
        """
        select attname from pg_catalog.pg_attribute
        where attrelid = to_regclass('partconf.conf') and attnum > 0 and not attisdropped
        """
      ).map { try $0.decode(0, as: String.self) }
      if columns.contains("shard_nr") { sql = "select shard_nr, shard_mask, shard_count from partconf.conf" }
      if sql == nil, columns.contains("part_nr") { sql = "select part_nr, max_part, max_part + 1 from partconf.conf" }
    }
    guard let sql else { throw unknown("there is no table partconf.conf on this node") }
    let rows = try await target.query(
      "select p.a::int8, p.b::int8, p.c::int8 from (\(raw: sql)) as p (a, b, c) limit 2")
    guard let row = rows.first, rows.count == 1 else {
      throw unknown("partconf.conf has \(rows.isEmpty ? "no row" : "several rows")")
    }
    let (number, mask, count) = try row.decode(Int64?.self, Int64?.self, Int64?.self)
    guard let number, let mask else { throw unknown("partconf.conf has an empty column") }
    return try ShardPart(number: number, mask: mask, count: count)
  }

  private static func unknown(_ reason: String) -> ApplyError {
    ApplyError(
      reason: "which shard this node is, is not known: \(reason)",
      remedy: """
        create table partconf.conf (shard_nr int4, shard_mask int4, shard_count int4) with one row for this node; then the \
        worker goes on by itself
        """)
  }
}
