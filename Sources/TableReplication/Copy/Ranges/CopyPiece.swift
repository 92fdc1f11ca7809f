import EventFormats

/// A part of a table that is copied in one transaction of the target.
struct CopyPiece: Hashable, Sendable {
  /// The table of the source, or the partition, that holds the rows.
  var relation: QualifiedName
  /// The file whose blocks are meant; 0 when the relation has none.
  var filenode: Int64
  /// Which blocks; `nil`: the whole relation.
  var blocks: BlockRange?
  /// Blocks that were copied before: only rows written since, as these may have come from blocks that were not. The
  /// lower 32 bits of a transaction's number.
  var since: UInt32?
  /// About how much it is.
  var bytes: Int64

  /// The query that reads the piece's rows.
  ///
  /// - Parameters:
  ///   - columns: the list of columns in SQL.
  ///   - rows: the relation in SQL as FROM takes it.
  ///   - condition: which rows are wanted, in SQL.
  func query(columns: String, from rows: String, where condition: String?) -> String {
    var conditions: [String] = []
    if let blocks {
      conditions.append("ctid >= '(\(blocks.first),0)'::pg_catalog.tid and ctid < '(\(blocks.end),0)'::pg_catalog.tid")
    }
    if let since {
      // Numbers of transactions come round: half of them are before, half after.
      conditions.append(
        "((xmin::pg_catalog.text::pg_catalog.int8 - \(since) + 4294967296) % 4294967296) < 2147483648")
    }
    if let condition { conditions.append("(\(condition))") }
    let filter = conditions.isEmpty ? "" : " where " + conditions.joined(separator: " and ")
    return "select \(columns) from \(rows)\(filter)"
  }
}
