import EventFormats
import EventQueue
import Logging
import PostgresClient

extension ReplicationWorker {
  /// One worker's connections and claims, from a start to the next failure.
  struct Session {
    let worker: ReplicationWorker
    let queue: ConsumerSession
    let reader: PostgresConnection
    let target: PostgresConnection
    let identity: BatchApplier.Identity
    let applier: BatchApplier

    /// Connects, claims the consumer and the position, copies what is to be copied, and lends the session.
    ///
    /// - Parameter held: the claim of the session before; a worker that lost its connections only goes on if nobody
    ///   claimed the position meanwhile.
    static func with<Value>(
      _ worker: ReplicationWorker, held: inout BatchApplier.Identity?, isolation: isolated (any Actor)? = #isolation,
      _ body: (Session) async throws -> sending Value
    ) async throws -> sending Value {
      var open: [PostgresConnection] = []
      do {
        let target = try await PostgresConnection.connect(worker.target, logger: worker.logger)
        open.append(target)
        do {
          let control = try await PostgresConnection.connect(worker.source, logger: worker.logger)
          open.append(control)
          let reader = try await PostgresConnection.connect(worker.source, logger: worker.logger)
          open.append(reader)
          let session = try await start(worker, control: control, reader: reader, target: target, held: &held)
          let value = try await body(session)
          for connection in open { await connection.close() }
          return value
        } catch {
          if let held { await report(error, held, target) }
          throw error
        }
      } catch {
        for connection in open { await connection.close() }
        throw error
      }
    }

    private static func start(
      _ worker: ReplicationWorker, control: PostgresConnection, reader: PostgresConnection, target: PostgresConnection,
      held: inout BatchApplier.Identity?
    ) async throws -> Session {
      try await TargetSession.pinTextForms(reader)
      try await ConsumerSession.prepareReader(reader)
      let isReplica = try await TargetSession.prepare(target, worker.logger)
      try await ConsumerSession.register(worker.consumer, on: worker.queue, control)
      try await control.listen(ConsumerSession.tickChannel)
      let source = try await sourcePosition(worker, control)
      let claim = try await PositionClaim.make(worker, source, held: held?.lease, control: control, target: target)
      let (queue, tick, lastTick) = (claim.queue, source.tick, claim.lastTick)
      let identity = BatchApplier.Identity(
        origin: source.origin, queue: worker.queue, consumer: worker.consumer, lease: claim.lease)
      held = identity
      // The target's position is the truth: after a crash between its commit and the source's, the source is behind.
      if lastTick != tick { try await realign(queue, to: lastTick) }
      if !worker.tablesToCopy.isEmpty {
        var copy = InitialCopy(
          tables: worker.tablesToCopy, origin: source.origin, queue: worker.queue, consumer: worker.consumer,
          logger: worker.logger)
        copy.mayTruncate = worker.mayTruncate
        try await copy.run(from: reader, to: target) { table, rows in
          worker.logger.info("copied", metadata: ["table": "\(table)", "rows": "\(rows)"])
        }
      }
      return Session(
        worker: worker, queue: queue, reader: reader, target: target, identity: identity,
        applier: BatchApplier(
          target: target, identity: identity, checksForeignKeys: !isReplica, logger: worker.logger))
    }

    private static func realign(_ queue: ConsumerSession, to tick: Int64) async throws {
      do {
        try await queue.seek(to: tick)
      } catch let error as PostgresError where error.code == .server && !error.isTransient {
        throw ApplyError(
          reason: "the target stands at tick \(tick) of queue \"\(queue.queue)\", which the source no longer has",
          remedy: "changes after it are gone: empty the target tables and copy them under a new consumer name",
          cause: error)
      }
    }

    private static func sourcePosition(
      _ worker: ReplicationWorker, _ control: PostgresConnection
    ) async throws -> PositionClaim.Source {
      let rows = try await control.query(
        """
        select o.origin_id, o.epoch, i.last_tick
        from trunkline.origin o, pgq.get_consumer_info(\(worker.queue), \(worker.consumer)) i
        """)
      guard let row = rows.first else {
        throw PostgresError(
          .misuse, "the source does not know its own identity",
          hint: "install the schemas again: trunkline schema install")
      }
      let (origin, epoch, tick) = try row.decode(String.self, Int.self, Int64.self)
      return PositionClaim.Source(origin: origin, epoch: epoch, tick: tick)
    }

    /// Applies the next batch or waits for one.
    func step() async throws {
      try Task.checkCancellation()
      if try await applyNext() == nil { try await queue.waitForTick(atMost: worker.pollInterval) }
    }

    /// Applies the next batch; `nil` when there is none.
    func applyNext() async throws -> Progress? {
      guard let batch = try await queue.openBatch(maximumEvents: worker.maximumEvents) else { return nil }
      let outcome = try await applier.apply(batch, from: reader)
      try await queue.close(batch)
      let progress = Progress(batch: batch, events: outcome.events, rows: outcome.rows)
      worker.onBatch(progress)
      return progress
    }

    /// Leaves the reason of a failure where people look for it; best effort, the log has it as well.
    private static func report(
      _ error: any Error, _ identity: BatchApplier.Identity, _ target: PostgresConnection
    ) async {
      guard !(error is CancellationError), await !target.isClosed else { return }
      let message = "\(error)"
      _ = try? await target.query(
        """
        update trunkline.position set error = \(message), updated_at = clock_timestamp()
        where origin_id = \(identity.origin)::uuid and queue_name = \(identity.queue)
          and consumer_name = \(identity.consumer) and lease = \(identity.lease)
        """)
    }
  }
}
