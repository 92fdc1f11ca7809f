import EventFormats
import Testing

@testable import TableReplication

/// How a table is divided, from what is finished of it.
@Suite struct CopyPieceTests {
  private func relation(_ name: String, file: Int64 = 1, blocks: Int64) throws -> PiecePlan.Relation {
    PiecePlan.Relation(
      name: try QualifiedName(schema: "public", name: name), filenode: file, blocks: blocks, bytes: blocks * 8192)
  }

  private func snapshot(_ xmin: UInt64) throws -> TransactionSnapshot {
    try TransactionSnapshot(xmin: xmin, xmax: xmin + 10, inProgress: [])
  }

  @Test func everyBlockIsInExactlyOnePart() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let whole = BlockRange(first: 0, end: .random(in: 0...50, using: &random))
      let done = (0..<Int.random(in: 0...5)).map { _ in
        let first = Int64.random(in: 0...40, using: &random)
        return BlockRange(first: first, end: first + .random(in: 0...20, using: &random))
      }
      let parts = BlockRange.gaps(in: whole, without: done).flatMap { $0.split(atMost: 7) }
      let covered = parts.flatMap { Array($0.first..<$0.end) }
      let finished = Set(done.flatMap { Array($0.first..<$0.end) })
      #expect(covered == (whole.first..<whole.end).filter { !finished.contains($0) }, "\(whole) \(done)")
      #expect(parts.allSatisfy { $0.count > 0 && $0.count <= 7 })
    }
  }

  @Test func finishedBlocksAreOnlySearchedForNewerRows() throws {
    let plan = PiecePlan(pieceBytes: 8192 * 10)
    let done = PiecePlan.Finished(
      relation: "public.t", filenode: 1, blocks: BlockRange(first: 0, end: 30), snapshot: try snapshot((1 << 32) + 5))
    let table = try relation("t", blocks: 45)
    let pieces = plan.pieces(of: [table], finished: [done], snapshot: try snapshot(1 << 33))
    #expect(pieces.filter { $0.since == nil }.compactMap(\.blocks).map(\.first) == [30, 37])
    let again = pieces.filter { $0.since != nil }
    #expect(again.map(\.blocks) == [BlockRange(first: 0, end: 30)])
    #expect(again.map(\.since) == [5])
    // The same snapshot saw the same rows.
    #expect(plan.pieces(of: [table], finished: [done], snapshot: done.snapshot).allSatisfy { $0.since == nil })
  }

  @Test func aRewrittenTableAndForeignTablesBeginAnew() throws {
    let done = PiecePlan.Finished(
      relation: "public.t", filenode: 1, blocks: BlockRange(first: 0, end: 30), snapshot: try snapshot(5))
    #expect(PiecePlan.isUsable([done], for: [try relation("t", file: 1, blocks: 40)]))
    #expect(!PiecePlan.isUsable([done], for: [try relation("t", file: 2, blocks: 40)]))
    #expect(!PiecePlan.isUsable([done], for: [try relation("u", file: 1, blocks: 40)]))
    let foreign = try [relation("t", file: 1, blocks: 40), relation("f", file: 0, blocks: 0)]
    #expect(!PiecePlan.isUsable([done], for: foreign))
    #expect(PiecePlan(pieceBytes: 1).pieces(of: [foreign[1]]).map(\.blocks) == [nil])
  }

  @Test func theQueryNamesBlocksTransactionsAndCondition() throws {
    let piece = CopyPiece(
      relation: try QualifiedName(parsing: "s.t"), filenode: 1, blocks: BlockRange(first: 2, end: 9), since: 7, bytes: 0
    )
    #expect(
      piece.query(columns: "a, b", from: "only s.t", where: "a > 1 or b") == """
        select a, b from only s.t where ctid >= '(2,0)'::pg_catalog.tid and ctid < '(9,0)'::pg_catalog.tid and \
        ((xmin::pg_catalog.text::pg_catalog.int8 - 7 + 4294967296) % 4294967296) < 2147483648 and (a > 1 or b)
        """)
  }

  @Test func theThrottleSpreadsBytesOverTime() {
    var throttle = ByteThrottle(rate: 1000)
    #expect(throttle.wait(for: 500, at: .zero) == .zero)
    #expect(throttle.wait(for: 500, at: .milliseconds(100)) == .milliseconds(400))
    #expect(throttle.wait(for: 500, at: .milliseconds(100)) == .milliseconds(900))
    // What was not used is not saved up.
    #expect(throttle.wait(for: 500, at: .seconds(60)) == .zero)
    #expect(throttle.wait(for: 500, at: .seconds(60)) == .milliseconds(500))
  }

  @Test func progressTellsRateAndRest() throws {
    let (a, b) = (try QualifiedName(parsing: "s.a"), try QualifiedName(parsing: "s.b"))
    var progress = CopyProgress()
    progress.note(.planned(a, bytes: 3000, rowsBefore: 0), at: .zero)
    progress.note(.planned(b, bytes: 1000, rowsBefore: 7), at: .zero)
    for second in 0..<5 { progress.note(.moved(a, bytes: 500), at: .seconds(second)) }
    progress.note(.copied(a, rows: 10, bytes: 2500, estimate: 1000), at: .seconds(5))
    #expect(progress.fraction == 0.25)
    #expect(progress.rate(at: .seconds(4)) == 500)
    #expect(progress.remaining(at: .seconds(5)) == .seconds(15))
    #expect(progress.rows == 17)
    progress.note(.finished(a, rows: 30), at: .seconds(6))
    #expect(progress.fraction == 0.75)
    progress.note(.finished(b, rows: 7), at: .seconds(7))
    #expect(progress.fraction == 1)
  }
}
