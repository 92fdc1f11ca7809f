import EventFormats

/// Divides a table into pieces, from what was copied of it before.
struct PiecePlan: Sendable {
  /// A relation of the source that holds rows of the table: itself or one of its partitions.
  struct Relation: Sendable, Equatable {
    var name: QualifiedName
    /// 0 for relations without a file, such as foreign tables.
    var filenode: Int64
    var blocks: Int64
    /// With everything that is stored outside of the rows.
    var bytes: Int64
  }

  /// Blocks that are in the target.
  struct Finished: Sendable, Equatable {
    /// `schema.table` as it is written down.
    var relation: String
    var filenode: Int64
    var blocks: BlockRange
    /// Rows as of this snapshot are there.
    var snapshot: TransactionSnapshot
  }

  /// Bytes that a piece should have.
  var pieceBytes: Int64

  /// Whether what is finished still says something about the relations.
  static func isUsable(_ finished: [Finished], for relations: [Relation]) -> Bool {
    let files = Dictionary(relations.map { ($0.name.unquoted, $0.filenode) }, uniquingKeysWith: { first, _ in first })
    return relations.allSatisfy { $0.filenode != 0 } && finished.allSatisfy { files[$0.relation] == $0.filenode }
  }

  /// What is left to copy under `snapshot`: blocks that are not finished, and in those that are, the rows that came since.
  func pieces(
    of relations: [Relation], finished: [Finished] = [], snapshot: TransactionSnapshot? = nil
  ) -> [CopyPiece] {
    relations.sorted { $0.bytes > $1.bytes }.flatMap { relation -> [CopyPiece] in
      guard relation.filenode != 0 else {
        return [CopyPiece(relation: relation.name, filenode: 0, bytes: relation.bytes)]
      }
      let perBlock = max(1, relation.bytes / max(1, relation.blocks))
      let done = finished.filter { $0.relation == relation.name.unquoted }
      let whole = BlockRange(first: 0, end: relation.blocks)
      let open = BlockRange.gaps(in: whole, without: done.map(\.blocks)).flatMap { gap in
        gap.split(atMost: pieceBytes / perBlock).map { blocks in
          CopyPiece(
            relation: relation.name, filenode: relation.filenode, blocks: blocks, bytes: blocks.count * perBlock)
        }
      }
      let again = done.filter { $0.snapshot != snapshot }.map { range in
        CopyPiece(
          relation: relation.name, filenode: relation.filenode, blocks: range.blocks,
          since: UInt32(truncatingIfNeeded: range.snapshot.xmin), bytes: 0)
      }
      return open + again
    }
  }
}
