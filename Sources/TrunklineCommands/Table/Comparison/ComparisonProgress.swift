import Foundation
import PostgresClient
import Synchronization

/// One line on a terminal that says how far a comparison is; nothing elsewhere.
final class ComparisonProgress: Sendable {
  private struct State {
    var table = "", rows = 0, expected = 0
    var started = ContinuousClock.now, shown = ContinuousClock.now
  }

  private let state = Mutex(State())
  private let isShown = isatty(STDERR_FILENO) == 1

  /// A table begins; `expected` rows are estimated.
  func begin(_ table: String, expected: Int) {
    state.withLock { $0 = State(table: table, expected: expected) }
  }

  /// More rows were compared.
  func add(_ rows: Int) {
    let text: String? = state.withLock { state in
      state.rows += rows
      guard isShown, ContinuousClock.now - state.shown > .milliseconds(200) else { return nil }
      state.shown = .now
      let seconds = (ContinuousClock.now - state.started) / .seconds(1)
      let rate = Double(state.rows) / max(seconds, 0.001)
      let left = rate > 0 && state.expected > state.rows ? Double(state.expected - state.rows) / rate : 0
      return "\(state.table): \(state.rows) of about \(max(state.expected, state.rows)) rows, \(Int(rate)) rows/s, "
        + "\(Int(left.rounded(.up))) s left"
    }
    if let text { StandardStreams.writeError("\r\u{1B}[K\(text)") }
  }

  /// A table is done.
  func end() { if isShown { StandardStreams.writeError("\r\u{1B}[K") } }

  /// The statistics' number of rows of a table.
  static func estimate(_ table: String, _ connection: PostgresConnection) async -> Int {
    let rows = try? await connection.query(
      """
      select greatest(sum(c.reltuples), 0)::int8 from pg_catalog.pg_partition_tree(\(table)::regclass) p
      join pg_catalog.pg_class c on c.oid = p.relid where p.isleaf
      """)
    return (try? rows?.first?.decode(0, as: Int?.self)) ?? 0
  }
}
