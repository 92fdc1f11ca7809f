import EventFormats
import EventQueue
import Logging
import PostgresClient

/// Copies one table of a set and follows its changes until the worker takes it over, or it is removed. Killed, the next one goes on.
struct TableCopyTask: Sendable {
  let table: String
  let session: SetSession
  let options: CopyOptions
  let observe: @Sendable (CopyEvent) -> Void
  var settings = HandlerSettings()
  let logger: Logger
  /// How often to look whether the worker has moved on.
  var pollInterval: Duration = .milliseconds(100)
  var retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(200), maximumDelay: .seconds(15))

  /// The name under which changes of the table are held at the source.
  private var consumer: String { "\(session.worker).copy.\(table)" }

  /// Works until the table is in the hands of the worker, or is not wanted any more. Failures are logged, stored in
  /// `trunkline.set_copy.error`, and tried again.
  ///
  /// - Throws: `CancellationError`.
  func run() async throws {
    var failures = 0
    while true {
      do {
        return try await attempt { failures = 0 }
      } catch let error as PostgresError where error.sqlState == "TL001" {
        logger.info("another worker copies the table", metadata: ["table": "\(table)"])
        return
      } catch is CancellationError {
        throw CancellationError()
      } catch is CopyInterrupted {
        // What is wanted has changed: look again.
        try await Task.sleep(for: pollInterval)
      } catch {
        try Task.checkCancellation()
        failures += 1
        let delay = retryPolicy.delay(afterFailures: failures)
        logger.error(
          "the copy stopped, trying again in \(delay)",
          metadata: ["queue": "\(session.queue)", "table": "\(table)", "error": "\(error)"])
        try await Task.sleep(for: delay)
      }
    }
  }

  private func attempt(_ progressed: () -> Void) async throws {
    let local = try await PostgresConnection.connect(session.localConfiguration, logger: logger)
    do {
      try await TextForms.pin(local)
      let isReplica = try await TargetSession.prepare(local, logger)
      try await work(local, isReplica: isReplica, progressed)
      await local.close()
    } catch {
      await report(error, local)
      await local.close()
      throw error
    }
  }

  private func report(_ error: any Error, _ local: PostgresConnection) async {
    guard !(error is CancellationError), !(error is CopyInterrupted), await !local.isClosed else { return }
    _ = try? await local.query(
      """
      update trunkline.set_copy set error = \("\(error)")
      where queue_name = \(session.queue) and table_name = \(table)
      """)
  }

  private func goesOn(_ local: PostgresConnection) async throws {
    try await local.query(
      """
      update trunkline.set_copy set error = null
      where queue_name = \(session.queue) and table_name = \(table) and error is not null
      """)
  }

  private func work(_ local: PostgresConnection, isReplica: Bool, _ progressed: () -> Void) async throws {
    guard let copy = try await current(local), !copy.isReady else { return try await clearUp(local) }
    let attributes = try CopyAttributes(copy.attributes)
    let source = try await CopySource.open(copy, attributes, of: session, local, logger)
    do {
      let held = try await hold(copy, source, local)
      try await follow(held, source, local, isReplica: isReplica, progressed)
      await source.connection.close()
    } catch {
      await source.connection.close()
      throw error
    }
  }

  private func current(_ local: PostgresConnection) async throws -> SetCopy? {
    try await SetCopy.read(session.queue, table: table, local).first
  }

  /// Makes changes wait at the source from now on, and claims the copy here.
  private func hold(_ copy: SetCopy, _ source: CopySource, _ local: PostgresConnection) async throws -> HeldCopy {
    let start: Int64
    if let tick = copy.tick {
      // The position here is the truth. Where the source no longer has what comes after it, the copy begins anew.
      let position = try await source.position(consumer)
      if position != tick {
        do {
          _ = try await source.register(consumer)
          try await source.seek(consumer, to: tick)
        } catch let error as PostgresError where error.code == .server && !error.isTransient {
          logger.warning(
            "the changes since the copy are gone at the source, the table is copied anew",
            metadata: ["table": "\(table)", "node": "\(source.node)", "error": "\(error)"])
          try await SetCopyRecord.forgetPosition(session.queue, table, local)
          throw CopyInterrupted()
        }
      }
      start = tick
    } else {
      // Written down first: whatever happens now, the consumer is not forgotten.
      try await SetCopyRecord.begin(session.queue, copy, node: source.node, consumer: consumer, local)
      start = try await source.register(consumer)
    }
    guard let origin = try await current(local)?.record?.origin else { throw CopyInterrupted() }
    let claimed = try await local.query(
      """
      select lease from trunkline.claim_position(\(origin)::uuid, 1, \(session.queue), \(consumer), \(start),
        \(processDescription()))
      """)
    guard let lease = try claimed.first?.decode(0, as: Int64.self) else {
      throw PostgresError(.decoding, "claim_position returned nothing")
    }
    return HeldCopy(
      owner: CopyOwner(origin: origin, queue: session.queue, consumer: consumer), table: table, lease: lease)
  }

  // MARK: Steps

  private func follow(
    _ held: HeldCopy, _ source: CopySource, _ local: PostgresConnection, isReplica: Bool, _ progressed: () -> Void
  ) async throws {
    let following = CopyFollowing(
      held: held, session: session, local: local, source: source, isReplica: isReplica, options: options,
      settings: settings, logger: logger
    )
    var isMarkedAsStopped = true
    while true {
      try Task.checkCancellation()
      let copy = try await current(local)
      let attributes = try CopyAttributes(copy?.attributes)
      var hasSource = copy?.copied != nil
      if !hasSource { hasSource = try await source.physicalName(of: table) != nil }
      let step = CopyStep(
        copy, workerTick: try await workerTick(local), attributes: attributes, hasSource: hasSource)
      var hasMoved = false
      switch step {
      case .end:
        try await clearUp(local, source)
        return
      case .copy:
        guard let copy else { continue }
        try await self.copy(copy, attributes, held, source, local)
        hasMoved = true
      case .follow(let tick):
        guard let copy else { continue }
        while try await following.advance(copy, upTo: tick) { hasMoved = true }
      case .wait: break
      }
      if let copy, copy.isFollowing, copy.copied != nil, !copy.isInSync { try await following.settle(copy) }
      if hasMoved, isMarkedAsStopped {
        try await goesOn(local)
        isMarkedAsStopped = false
      }
      if hasMoved { progressed() } else { try await Task.sleep(for: pollInterval) }
    }
  }

  private func workerTick(_ local: PostgresConnection) async throws -> Int64 {
    let query: PostgresQuery = """
      select last_tick_id from pgq_node.local_state
      where queue_name = \(session.queue) and consumer_name = \(session.worker)
      """
    return try await local.query(query.prepared()).first?.decode(0) ?? 0
  }

  private func copy(
    _ copy: SetCopy, _ attributes: CopyAttributes, _ held: HeldCopy, _ source: CopySource, _ local: PostgresConnection
  ) async throws {
    guard let name = try await source.physicalName(of: table) else { return }
    try await SetCopyRecord.beginCopy(held, local)
    try await dropForeignKeys(copy.destination, local)
    var rows = CopyTable(name, target: copy.destination, where: attributes.condition)
    let isShared = try await SetCopyRecord.hasSiblings(session.queue, copy.destination, local)
    rows.appends = attributes.appends
    try await rows.obey(copy.attributes, of: table, local, settings: settings)
    // Other sources fill the table at the same time.
    rows.keepsIndexes = isShared
    var initial = InitialCopy(
      source: source.configuration, target: session.localConfiguration, tables: [rows], owner: held.owner,
      logger: logger)
    initial.options = options
    initial.options.mayTruncate = true
    initial.options.parksForeignKeys = false
    initial.fence = { try await held.check(state: "in-copy", $0) }
    initial.holdsOtherRows = { [queue = session.queue] target, table in
      try await SetCopyRecord.holdsRowsOfSiblings(queue, table.target, target)
    }
    initial.onComplete = { target, _, snapshot in try await held.finishCopy(snapshot, target) }
    initial.observe = observe
    logger.info("copying", metadata: ["queue": "\(session.queue)", "table": "\(table)", "from": "\(source.node)"])
    try await initial.run()
    // so that nobody waits long for the hand-over
    try await RootTick.ask(from: source, session, logger)
  }

  /// Foreign keys would hold the table's key, and hold up its copy; they are made again when both ends are in sync.
  private func dropForeignKeys(_ destination: QualifiedName, _ local: PostgresConnection) async throws {
    let keys = try await local.query(
      "select from_table, fkey_name from londiste.find_table_fkeys(\(destination.unquoted))")
    for row in keys {
      let (from, name) = try row.decode(String.self, String.self)
      try await local.transaction { local in
        try await ParkingRestore.limitLockWaits(options.lockTimeout, local)
        try await local.query("select londiste.drop_table_fkey(\(from), \(name))")
      }
    }
  }

  // MARK: The end

  /// Removes what the copy needed. If the table was removed in the middle of its copy, the incomplete rows go, and what was taken off
  /// is put back.
  private func clearUp(_ local: PostgresConnection, _ source: CopySource? = nil) async throws {
    guard let record = try await SetCopyRecord.read(session.queue, table, local) else { return }
    if try await current(local) == nil {
      try await SetCopyRecord.restoreRemoved(record, session.queue, options, local, logger)
    }
    if let source {
      try await source.unregister(consumer)
    } else {
      let source = try await CopySource.open(record.node, session, local, logger)
      do {
        try await source.unregister(record.consumer)
        await source.connection.close()
      } catch {
        await source.connection.close()
        throw error
      }
    }
    try await SetCopyRecord.forget(session.queue, table, record, local)
  }
}

/// What is wanted of a copy has changed meanwhile.
struct CopyInterrupted: Error {}
