import EventFormats
import PostgresClient

/// Calls of functions of the target, collected in a temporary table and made by one statement for each function.
struct FunctionCalls: Sendable {
  let target: PostgresConnection
  private var bytes: [UInt8] = []
  private var count = 0
  private var functions: [QualifiedName] = []
  private var hasTable = false

  init(target: PostgresConnection) { self.target = target }

  private static let columns = """
    n, function, conf, tick, ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4
    """

  mutating func add(_ call: FunctionCall, tick: Int64) {
    if !functions.contains(call.function) { functions.append(call.function) }
    count += 1
    let event = call.event
    COPYText.append(
      row: [
        String(count), call.function.quoted, call.configuration, String(tick), String(event.id), event.time,
        String(event.transactionID), event.retries == 0 ? nil : String(event.retries), event.type, event.data,
        event.extra1, event.extra2, event.extra3, event.extra4,
      ], to: &bytes)
  }

  /// Sends what was collected, if it is that much.
  mutating func flush(atLeast size: Int) async throws {
    guard !bytes.isEmpty, bytes.count >= size else { return }
    if !hasTable {
      try await target.execute(
        """
        create temporary table if not exists trunkline_calls (n int8, function text, conf text, tick int8, ev_id int8, \
        ev_time timestamptz, ev_txid int8, ev_retry int4, ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, \
        ev_extra3 text, ev_extra4 text) on commit delete rows;
        delete from pg_temp.trunkline_calls
        """)
      hasTable = true
    }
    _ = try await target.copyIn("copy pg_temp.trunkline_calls (\(Self.columns)) from stdin") { [bytes] writer in
      try await writer.write(bytes)
    }
    bytes.removeAll(keepingCapacity: true)
  }

  /// Makes the calls: those of one function in the order of the events.
  ///
  /// - Returns: their number.
  /// - Throws: ``ApplyError`` naming the event whose call failed; `PostgresError` for what may pass by itself.
  mutating func run() async throws -> Int {
    guard count > 0 else { return 0 }
    try await flush(atLeast: 0)
    for function in functions {
      let all = "select * from pg_temp.trunkline_calls where function = \(SQLLiteral.quote(function.quoted))"
      do {
        try await target.savepoint { target in
          _ = try await target.query(
            PostgresQuery("select count((\(Self.call(function)) is null)) from (\(all) order by n offset 0) c"))
        }
      } catch let error as PostgresError where BatchFailure.isAboutRows(error) {
        try await oneByOne(function, all)
      }
    }
    return count
  }

  private static func call(_ function: QualifiedName) -> String {
    """
    \(function.quoted)(conf, tick, ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, \
    ev_extra4)
    """
  }

  private func oneByOne(_ function: QualifiedName, _ all: String) async throws {
    var last: Int64 = 0
    while true {
      let next = try await target.query(
        PostgresQuery("select n, ev_id, ev_extra1 from (\(all)) c where n > $1::int8 order by n limit 500", [last]))
      guard !next.isEmpty else { return }
      for row in next {
        let (n, id, table) = try row.decode(Int64.self, Int64.self, String?.self)
        last = n
        do {
          _ = try await target.query(
            PostgresQuery("select \(Self.call(function)) from pg_temp.trunkline_calls where n = $1::int8", [n]))
        } catch let error as PostgresError where BatchFailure.isAboutRows(error) {
          throw ApplyError(
            table: table.flatMap { try? QualifiedName(unquoted: $0) }, event: id,
            reason: "function \(function) failed for the event: \(error.message)",
            remedy: "mend the function or what it needs; then the worker goes on by itself", cause: error)
        }
      }
    }
  }
}
