import EventFormats
package import EventQueue
package import Logging
import PostgresClient

/// The tables of a set that a node's worker applies, and the copies of those that it does not apply yet.
///
/// A copy runs beside the worker, which goes on with the other tables. Its changes are followed by a consumer of its own at the
/// source of the copy, never beyond the worker. Ticks have the same numbers on all nodes: where both stand at the same one, and
/// everything that the copy saw is behind, the worker takes the table over, between two batches.
package actor CopiedTables: SetTables {
  /// How copies are made.
  package struct Options: Sendable {
    /// Tables that are copied at the same time.
    package var parallelCopies = 2
    package var copy = CopyOptions()
    /// How long a batch waits for a copy that is about to catch up.
    package var patience: Duration = .seconds(1)
    /// What handlers of tables use of this machine.
    package var handlers = HandlerSettings()
    /// Told how copies go.
    package var observe: @Sendable (CopyEvent) -> Void = { _ in }

    package init() {}
  }

  private let options: Options
  private let logger: Logger
  private var running: [String: Task<Void, Never>] = [:]
  private var foreignKeys: Task<Void, Never>?
  /// Whether there may be foreign keys that can be made again.
  private var hasNewTables = true

  package init(_ options: Options = Options(), logger: Logger) {
    self.options = options
    self.logger = logger
  }

  package func mayJoinTicks(_ session: SetSession) async throws -> Bool {
    let query: PostgresQuery = """
      select 1 from londiste.table_info
      where queue_name = \(session.queue) and local and merge_state not in ('ok', '?', 'in-copy') limit 1
      """
    return try await session.local.query(query.prepared()).isEmpty
  }

  package func tables(for batch: EventBatch, _ session: SetSession) async throws -> [AppliedTable] {
    try await look(at: batch.previousTick, session).filter(\.isReady).map { copy in
      AppliedTable(copy.table, to: copy.destination, attributes: copy.attributes, snapshot: copy.snapshot)
    }
  }

  package func idle(after tick: Int64, _ session: SetSession) async throws { _ = try await look(at: tick, session) }

  /// Begins copies and takes tables over, where the worker stands at `tick`.
  private func look(at tick: Int64, _ session: SetSession) async throws -> [SetCopy] {
    let limit = ContinuousClock.now + options.patience
    var copies = try await SetCopy.read(session.queue, session.local)
    copies = try await admit(copies, session)
    while true {
      var hasTaken = false
      for copy in copies where copy.isFollowing && copy.isInSync && copy.tick == tick {
        let taken: PostgresQuery = """
          select trunkline.take_over_copy(\(session.queue), \(session.worker), \(copy.table), \(tick))
          """
        guard try await session.local.query(taken.prepared()).first?.decode(0) == true else { continue }
        logger.info("in sync", metadata: ["queue": "\(session.queue)", "table": "\(copy.table)", "tick": "\(tick)"])
        hasTaken = true
      }
      hasNewTables = hasNewTables || hasTaken
      if hasTaken { copies = try await SetCopy.read(session.queue, session.local) }
      guard HandOver.isNear(copies, tick), ContinuousClock.now < limit else { break }
      try await Task.sleep(for: .milliseconds(20))
      copies = try await SetCopy.read(session.queue, session.local)
    }
    if hasNewTables, foreignKeys == nil { restoreForeignKeys(session) }
    return copies
  }

  // MARK: Copies

  private func admit(_ copies: [SetCopy], _ session: SetSession) async throws -> [SetCopy] {
    let left = try await SetCopy.left(session.queue, session.local)
    guard copies.contains(where: { !$0.isReady }) || !left.isEmpty else { return copies }
    let provided = copies.contains { $0.state == nil } ? try await provided(session) : []
    let admission = CopyAdmission(
      tables: copies, left: left, available: { Self.isAvailable($0, provided) }, running: Set(running.keys),
      limit: options.parallelCopies)
    for table in admission.begun {
      try await session.local.query(
        """
        update londiste.table_info set merge_state = 'in-copy', custom_snapshot = null
        where queue_name = \(session.queue) and table_name = \(table) and local and merge_state is null
        """)
    }
    for table in admission.started { start(table, session) }
    return admission.begun.isEmpty ? copies : try await SetCopy.read(session.queue, session.local)
  }

  /// The tables that the provider has in sync.
  private func provided(_ session: SetSession) async throws -> Set<String> {
    do {
      let rows = try await session.provider.query(
        "select table_name from londiste.get_table_list(\(session.queue)) where local and merge_state = 'ok'")
      return Set(try rows.map { try $0.decode(0, as: String.self) })
    } catch let error as PostgresError where error.needsMending {
      throw ApplyError(
        reason: "the provider does not tell its tables: \(error.message)",
        remedy: ApplyRemedy.text(for: error, onSource: true))
    }
  }

  /// Whether the copy of a table would find rows at once; otherwise it would only be in the way of others.
  private static func isAvailable(_ copy: SetCopy, _ provided: Set<String>) -> Bool {
    guard let attributes = try? CopyAttributes(copy.attributes), attributes.node == .provider else { return true }
    return provided.contains(copy.table)
  }

  private func start(_ table: String, _ session: SetSession) {
    let task = TableCopyTask(
      table: table, session: session, options: options.copy, observe: options.observe,
      settings: options.handlers, logger: logger)
    running[table] = Task {
      try? await task.run()
      self.ended(table)
    }
  }

  private func ended(_ table: String) { running[table] = nil }

  private func restoreForeignKeys(_ session: SetSession) {
    hasNewTables = false
    let restore = PendingForeignKeys(session: session, lockTimeout: options.copy.lockTimeout, logger: logger)
    foreignKeys = Task {
      if await !restore.run() { self.hasNewTables = true }
      self.foreignKeys = nil
    }
  }

  package func stop() async {
    let tasks = Array(running.values) + [foreignKeys].compactMap { $0 }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}

/// When a table changes hands. A pure value.
enum HandOver {
  /// Ticks that a copy may be behind to be worth waiting for.
  private static let nearTicks: Int64 = 20

  /// Whether a copy that could be taken over is so close behind the worker that a batch waits for it.
  static func isNear(_ copies: [SetCopy], _ tick: Int64) -> Bool {
    copies.contains { copy in
      guard copy.isFollowing, copy.isInSync, let followed = copy.tick else { return false }
      return followed < tick && tick - followed <= nearTicks
    }
  }
}
