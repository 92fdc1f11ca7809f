import EventFormats
import EventQueue
package import Logging
package import PostgresClient
import ServiceRuntime

/// Sessions on two databases that read both at the same position of the queue between them, whatever is written meanwhile.
///
/// Position and rows of the target change in one transaction, so a snapshot of it in which the position is tick T has exactly
/// the rows of T. The source is read in the snapshot that tick T recorded. Nothing is locked for that. A worker that is behind
/// joins ticks and may jump over T; then it is tried again, from the third time on with later ticks held back until the worker
/// has come, which delays consumers but no writer.
package actor AlignedSessions {
  /// The sessions that read. The source has one more than the target.
  package nonisolated let source: [PostgresConnection], target: [PostgresConnection]
  /// The position of the last alignment.
  package private(set) var tick: Int64?
  nonisolated let databases: ComparedDatabases
  private let control: PostgresConnection
  private let anchor: TickAnchor?
  let position: PositionReading?
  private let logger: Logger
  private var snapshot: String?
  /// How often a tick was jumped over before the last alignment.
  package private(set) var misses = 0

  /// From this attempt on, ticks are held back.
  private static let attemptsWithoutHold = 2

  /// Connects, lends the sessions, and closes them.
  ///
  /// - Parameter lanes: sessions that work at the same time.
  /// - Throws: ``ComparisonError``, `PostgresError`, what `body` throws.
  package static func with<Value: Sendable>(
    _ databases: ComparedDatabases, lanes: Int, logger: Logger, _ body: (AlignedSessions) async throws -> Value
  ) async throws -> Value {
    var open: [PostgresConnection] = []
    func connect(_ configuration: PostgresConfiguration) async throws -> PostgresConnection {
      let connection = try await PostgresConnection.connect(configuration, logger: logger)
      open.append(connection)
      try await TextForms.pin(connection)
      return connection
    }
    do {
      var source: [PostgresConnection] = [], target: [PostgresConnection] = []
      for _ in 0...max(lanes, 1) { source.append(try await connect(databases.source)) }
      for _ in 0..<max(lanes, 1) { target.append(try await connect(databases.target)) }
      let control = try await connect(databases.source)
      let sessions = try await AlignedSessions(databases, source, target, control, logger)
      let value = try await body(sessions)
      for connection in open { await connection.close() }
      return value
    } catch {
      for connection in open { await connection.close() }
      throw error
    }
  }

  private init(
    _ databases: ComparedDatabases, _ source: [PostgresConnection], _ target: [PostgresConnection],
    _ control: PostgresConnection, _ logger: Logger
  ) async throws {
    self.databases = databases
    self.source = source
    self.target = target
    self.control = control
    self.logger = logger
    switch databases.position {
    case .none:
      anchor = nil
      position = nil
    case .replica(let queue, let consumer):
      guard let origin = try await control.query("select origin_id from trunkline.origin").first else {
        throw PostgresError(.misuse, "the source does not know its own identity", hint: "trunkline schema install")
      }
      anchor = TickAnchor(queue: queue, ticks: .own, control: control)
      position = .replica(origin: try origin.decode(0), queue: queue, consumer: consumer)
    case .node(let queue):
      let type = try await control.query("select node_type from pgq_node.get_node_info(\(queue))")
        .first?.decode(0, as: String?.self)
      guard let type else { throw ComparisonError("the source is no node of queue \"\(queue)\"") }
      anchor = TickAnchor(queue: queue, ticks: type == "root" ? .own : .external, control: control)
      position = .node(queue)
    }
  }

  /// Begins transactions on both sides that see the same position.
  ///
  /// - Parameters:
  ///   - patience: how long the target may take to get there.
  ///   - holds: hold ticks back from the beginning, and until ``end()``: the target then stays where it is as far as the
  ///     queue is concerned.
  /// - Throws: ``ComparisonError`` when it does not get there in time; `PostgresError`.
  package func align(patience: Duration, holds: Bool = false) async throws {
    await end()
    guard let anchor, let position else {
      _ = try await SharedSnapshot.take(source) { _ in true }
      _ = try await SharedSnapshot.take(target) { _ in true }
      return
    }
    let deadline = ContinuousClock.now + patience
    misses = 0
    do {
      while true {
        let isHeld = holds || misses >= Self.attemptsWithoutHold
        let point = try await anchor.take(source, holds: isHeld)
        let isThere = try await waitForTarget(point.tick, position, until: deadline, patience)
        if isHeld, !holds { await anchor.release() }
        guard isThere else {
          await end()
          misses += 1
          logger.debug("the target jumped over the tick", metadata: ["tick": "\(point.tick)"])
          continue
        }
        tick = point.tick
        snapshot = point.snapshot
        return
      }
    } catch {
      await end()
      throw error
    }
  }

  /// Ends the transactions, and lets ticks come again.
  package func end() async {
    await SharedSnapshot.end(source)
    await SharedSnapshot.end(target)
    tick = nil
    snapshot = nil
    await anchor?.release()
  }

  /// Begins to read the target when it stands at `tick`; false when it went past it.
  private func waitForTarget(
    _ tick: Int64, _ position: PositionReading, until deadline: ContinuousClock.Instant, _ patience: Duration
  ) async throws -> Bool {
    guard let reader = target.first else { return false }
    var pause = Duration.milliseconds(2)
    while true {
      let reached = try await position.read(reader)
      if reached > tick { return false }
      if reached == tick {
        let answer = try await SharedSnapshot.take(target) { session in
          try await position.read(session) == tick ? true : nil
        }
        if answer == true { return true }
        continue
      }
      guard ContinuousClock.now < deadline else {
        throw ComparisonError(
          "the target did not get to tick \(tick) in \(patience): \(position.name) stands at tick \(reached)",
          hint: "see whether its worker runs and how far it is behind: trunkline status; or wait longer: --timeout",
          exitCode: .temporary)
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(50))
    }
  }

  /// Checks that a table of the target is kept at the position: not while it is being copied.
  ///
  /// - Throws: ``ComparisonError``.
  func checkReady(_ table: ComparedTable) async throws {
    guard let reader = target.first else { return }
    switch databases.position {
    case .none: return
    case .replica(let queue, let consumer):
      guard let snapshot, let schema = table.source.schema?.name else { return }
      // a copy that is newer than the tick has rows that the tick has not
      let early = try await reader.query(
        """
        with s as (select \(snapshot)::txid_snapshot as tick)
        select 1 from trunkline.copied_table c
        cross join lateral (select coalesce(c.sync_snapshot, c.snapshot) as copied) n
        cross join s
        where c.queue_name = \(queue) and c.consumer_name = \(consumer) and c.schema_name = \(schema)
          and c.table_name = \(table.source.name.name)
          and (txid_snapshot_xmax(n.copied) > txid_snapshot_xmax(s.tick)
            or exists (select 1 from txid_snapshot_xip(s.tick) x where txid_visible_in_snapshot(x, n.copied)))
        union all
        select 1 from trunkline.table_copy c
        where c.queue_name = \(queue) and c.consumer_name = \(consumer) and c.schema_name = \(schema)
          and c.table_name = \(table.source.name.name)
        """)
      guard early.isEmpty else {
        throw ComparisonError(
          "table \(table.label) is being copied, or was just now", hint: "try again later", exitCode: .temporary)
      }
    case .node(let queue):
      let row = try await reader.query(
        """
        select coalesce(merge_state, 'waiting for its copy') from londiste.table_info
        where queue_name = \(queue) and table_name = \(table.label) and local
        """
      ).first
      let state = try row?.decode(0, as: String.self) ?? "not replicated here"
      guard state == "ok" else {
        throw ComparisonError(
          "table \(table.label) is not in step with the set on this node: \(state)",
          hint: "wait for its copy: trunkline node status", exitCode: .temporary)
      }
    }
  }
}
