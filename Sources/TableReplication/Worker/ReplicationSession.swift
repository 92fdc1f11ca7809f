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
    static func with<Value>(
      _ worker: ReplicationWorker, isolation: isolated (any Actor)? = #isolation,
      _ body: (Session) async throws -> sending Value
    ) async throws -> sending Value {
      let logger = worker.logger
      let control = try await PostgresConnection.connect(worker.source, logger: logger)
      let reader = try await PostgresConnection.connect(worker.source, logger: logger)
      let target = try await PostgresConnection.connect(worker.target, logger: logger)
      let result: Result<Value, any Error>
      do {
        let session = try await start(worker, control: control, reader: reader, target: target)
        do {
          result = .success(try await body(session))
        } catch {
          await session.report(error)
          throw error
        }
      } catch {
        await control.close()
        await reader.close()
        await target.close()
        throw error
      }
      await control.close()
      await reader.close()
      await target.close()
      return try result.get()
    }

    private static func start(
      _ worker: ReplicationWorker, control: PostgresConnection, reader: PostgresConnection, target: PostgresConnection
    ) async throws -> Session {
      let holder = processDescription()
      try await ConsumerSession.register(worker.consumer, on: worker.queue, control)
      let queue = try await ConsumerSession.attach(worker.consumer, on: worker.queue, holder: holder, control)
      try await control.listen(ConsumerSession.tickChannel)
      let (origin, epoch, tick) = try await sourcePosition(worker, control)
      let isReplica = try await TargetSession.prepare(target, worker.logger)
      let claim = try await target.query(
        """
        select lease, last_tick from trunkline.claim_position(
          \(origin)::uuid, \(epoch), \(worker.queue), \(worker.consumer), \(tick), \(holder))
        """)
      guard let (lease, lastTick) = try claim.first?.decode(Int64.self, Int64.self) else {
        throw PostgresError(.decoding, "claim_position returned nothing")
      }
      // The target's position is the truth: after a crash between its commit and the source's, the source is behind.
      if lastTick != tick { try await realign(queue, to: lastTick) }
      let identity = BatchApplier.Identity(
        origin: origin, queue: worker.queue, consumer: worker.consumer, lease: lease)
      if !worker.tablesToCopy.isEmpty {
        var copy = InitialCopy(
          tables: worker.tablesToCopy, origin: origin, queue: worker.queue, consumer: worker.consumer,
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
    ) async throws -> (origin: String, epoch: Int, tick: Int64) {
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
      return try row.decode(String.self, Int.self, Int64.self)
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
    func report(_ error: any Error) async {
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
