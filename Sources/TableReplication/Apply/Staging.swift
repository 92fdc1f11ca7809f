import EventFormats
import EventQueue
import PostgresClient

/// The events of one batch in the target, before they become rows: a temporary table, filled by COPY.
///
/// The bytes go from one server to the other as they are; only the server reads them.
enum Staging {
  static let table = "pg_temp.trunkline_stage"

  /// The columns in the order in which feeds write them.
  static let columns = "ev_id, ev_txid, ev_type, ev_data, ev_extra1, ev_extra3, ev_extra2"

  /// Makes the table for this session.
  static let create = """
    create temporary table if not exists trunkline_stage (
      ev_id int8, ev_txid int8, ev_type text, ev_data text, ev_extra1 text, ev_extra3 text, ev_extra2 text
    ) on commit delete rows;
    alter table pg_temp.trunkline_stage alter column ev_data set storage external
    """

  /// Streams the batch from the source into the table.
  ///
  /// - Parameters:
  ///   - source: where the events are; `nil`: in the target itself.
  ///   - inOrder: whether the lines come in the order of the events' ids, so that a line's number tells which.
  ///   - withBefore: whether old rows come along, for those who look for conflicts.
  /// - Returns: the number of events.
  /// - Throws: `PostgresError` of either side.
  static func fill(
    _ target: PostgresConnection, from source: PostgresConnection?, _ batch: EventBatch, inOrder: Bool,
    withBefore: Bool = false
  ) async throws -> Int {
    let events = inOrder ? batch.sql : batch.unorderedSQL
    let columns = "ev_id, ev_txid, ev_type, ev_data, ev_extra1, ev_extra3" + (withBefore ? ", ev_extra2" : "")
    guard let source else {
      let query: PostgresQuery =
        "insert into \(raw: table) (\(raw: columns)) select \(raw: columns) from (\(raw: events)) b"
      return try await target.query(query.prepared()).affectedRows
    }
    return try await CopyPipe.run(
      source, "copy (select \(columns) from (\(events)) b) to stdout", target, "copy \(table) (\(columns)) from stdin")
  }

  /// Drops what a table's copy holds already: events of transactions that its snapshot sees.
  static func drop(_ table: String, seenBy snapshot: String) -> PostgresQuery {
    """
    delete from pg_temp.trunkline_stage
    where ev_extra1 = \(table) and txid_visible_in_snapshot(ev_txid, \(snapshot)::txid_snapshot)
    """
  }

  /// What kinds of events there are.
  ///
  /// - Throws: ``ApplyError`` for an event that is no captured change.
  static func groups(_ target: PostgresConnection) async throws -> [StagedGroup] {
    let query: PostgresQuery =
      "select ev_type, \(raw: StagedGroup.columns) from pg_temp.trunkline_stage group by ev_type"
    return try await target.query(query.prepared()).map(StagedGroup.init)
  }

  /// The same for a large batch that lies in the source still.
  ///
  /// - Throws: ``ApplyError`` for an event that is no captured change.
  static func groups(_ source: PostgresConnection, events: String) async throws -> [StagedGroup] {
    try await source.pipeline([
      withoutSorting, "select ev_type, \(raw: StagedGroup.columns) from (\(raw: events)) e group by ev_type",
    ])[1].map(StagedGroup.init)
  }

  /// To go before a grouping of many events in a pipeline: it takes the planner, which knows nothing of new events, from sorting them.
  static let withoutSorting: PostgresQuery = "select set_config('enable_sort', 'off', true)"

  /// The columns that some events bring.
  ///
  /// - Throws: ``ApplyError`` when the data of one is no JSON object.
  static func columns(
    of events: Set<Int64>, _ connection: PostgresConnection, in table: String
  ) async throws -> [Int64: [String]] {
    let query: PostgresQuery =
      "select ev_id, ev_data, ev_extra1 from \(raw: table) where ev_id = any (\(events.sorted())::int8[])"
    let rows = try await connection.query(table == Self.table ? query.prepared() : query)
    var columns: [Int64: [String]] = [:]
    for row in rows {
      let (event, data, name) = try row.decode(Int64.self, String?.self, String?.self)
      do {
        columns[event] = try JSONRow.decode(data ?? "").map(\.name)
      } catch {
        throw ApplyError(
          table: try? QualifiedName(unquoted: name ?? ""), event: event,
          reason: "the event's data does not parse: \(error)",
          remedy: ApplyRemedy.leaveOut(event))
      }
    }
    return columns
  }
}
