import EventFormats
import EventQueue
import PostgresClient
import TableStructure

extension TableApplier {
  /// Tables up to which a large batch is read once for each of them.
  private static let streamedTables = 16

  /// Applies a large batch by streams of rows, slice after slice; `nil` when that is not possible for one of its tables.
  func stream(_ work: Work, from source: PostgresConnection) async throws -> TransferOutcome? {
    var events = work.batch.unorderedSQL
    for copied in work.copied {
      events = """
        select * from (\(events)) e where ev_extra1 is distinct from \(SQLLiteral.quote(copied.table))
          or not txid_visible_in_snapshot(ev_txid, \(SQLLiteral.quote(copied.snapshot)))
        """
    }
    let groups =
      if let known = work.groups, work.copied.isEmpty { known } else {
        try await Staging.groups(source, events: events)
      }
    take(groups)
    let works = try TableWork.plan(groups)
    guard works.count <= Self.streamedTables else { return nil }
    let plans = try await plan(works, source, in: "(\(events)) e")
    for plan in plans {
      guard let sql = plan.sql, plan.work.method == .net else { continue }
      guard sql.columns.allSatisfy({ $0.isPlain || !sql.key.contains($0.name) }) else { return nil }
    }
    try await truncate(plans)
    let isNetted = plans.contains { $0.work.method == .net }
    let slices = BatchSlice.cut(groups, isNetted: isNetted, limit: slices).map { Slice($0, plans, events) }
    let ahead = ReadAhead(source, slices.flatMap(\.queries))
    do {
      var rows = 0
      for (index, slice) in slices.enumerated() {
        rows += try await execute(slice.plans, isFurther: index > 0) { [target] work, sql in
          try await ahead.copy(
            slice.query(work, sql), to: target, work.method == .insert ? sql.copyInserted : sql.copyNet)
        }
      }
      await ahead.end()
      return TransferOutcome(events: groups.map(\.count).reduce(0, +), rows: rows)
    } catch {
      await ahead.end()
      throw error
    }
  }

  /// What is done in one slice of a batch.
  private struct Slice: Sendable {
    let slice: BatchSlice
    /// The tables that it may concern, in the order of ``execute(_:isFurther:load:)``.
    let plans: [Plan]
    private let events: String

    init(_ slice: BatchSlice, _ plans: [Plan], _ events: String) {
      self.slice = slice
      self.plans = TableApplier.ordered(plans.filter { $0.work.groups.contains(where: slice.overlaps) })
      self.events = events
    }

    /// In the order in which they are wanted.
    var queries: [String] {
      (plans.filter { $0.work.method == .net } + plans.filter { $0.work.method == .insert }).compactMap { plan in
        plan.sql.map { query(plan.work, $0) }
      }
    }

    func query(_ work: TableWork, _ sql: TableStatements) -> String {
      let stream = RowStream(work: work, columns: sql.columns.map(\.name), events: events, slice: slice)
      return work.method == .insert ? stream.inserted : stream.net
    }
  }
}
