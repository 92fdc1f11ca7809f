package import EventQueue
package import Logging
package import PostgresClient
import ServiceLifecycle

/// Keeps the node of a database in step with its provider: opens batches there, brings each in with one transaction of the node's
/// database, makes its tick on a branch, and only then finishes it at the provider. On the root it publishes what the others need.
///
/// Whatever stops it, at any moment, the next one goes on where the node stands. What is done with a batch is the business of
/// ``start``.
package struct NodeWorker: Sendable {
  /// The node's database and the queue.
  package var database: PostgresConfiguration
  package var queue: String
  /// Added to the connection strings of other nodes, for example `user=worker`.
  package var remoteOptions = ""
  /// Events to collect into one batch while behind, where ticks may be joined.
  package var maximumEvents = 200_000
  /// How long to wait for a tick's announcement, or for an administrator's wish, before looking without one.
  package var pollInterval: Duration = .milliseconds(500)
  /// How often the root publishes the global watermark, and other nodes report theirs.
  package var watermarkInterval: Duration = .seconds(300)
  /// How often the root looks at its sequences.
  package var sequenceInterval: Duration = .seconds(5)
  /// Waits after failures.
  package var retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(200), maximumDelay: .seconds(15))
  /// How long to wait for another worker of the node to end its transaction, before its session is ended.
  package var takeoverDelay: Duration = .seconds(10)
  /// Whether a failure ends ``run()`` instead of being tried again.
  package var stopsOnError = false
  package var logger: Logger
  /// Whether the work is counted, under the queue and the name of the node's worker.
  package var isCounted = false
  /// Told after every batch.
  package var onBatch: @Sendable (NodeBatch, TransferOutcome) -> Void = { _, _ in }
  /// Told how it goes: `nil` whenever it came round without a failure, at least once in ``pollInterval``.
  package var onRound: @Sendable ((any Error)?) -> Void = { _ in }
  /// Called for every new session; returns what is done with its batches.
  package var start: @Sendable (WorkerSession) async throws -> any NodeWork

  package init(
    database: PostgresConfiguration, queue: String, logger: Logger,
    start: @escaping @Sendable (WorkerSession) async throws -> any NodeWork
  ) {
    self.database = database
    self.queue = queue
    self.logger = logger
    self.start = start
  }

  /// Works until the task is cancelled or another worker of the node takes over.
  ///
  /// Every other failure is logged, stored in `pgq_node.local_state.cur_error`, and tried again after a while: nothing is skipped, and
  /// when the cause is mended work goes on by itself. An administrator's wishes are answered meanwhile.
  ///
  /// A graceful shutdown of the service that runs it ends it after the batch in work, or at once where it waits.
  ///
  /// - Throws: `CancellationError`; `PostgresError` with SQLSTATE TL001 when fenced off; every failure when
  ///   ``stopsOnError``.
  package func run() async throws {
    var course = WorkerCourse()
    while !Task.isShuttingDownGracefully {
      do {
        try await serve(&course)
      } catch is CancellationError {
        throw CancellationError()
      } catch let error as PostgresError where error.sqlState == "TL001" {
        logger.error("another worker took over", metadata: ["queue": "\(queue)", "error": "\(error)"])
        throw error
      } catch {
        try Task.checkCancellation()
        if stopsOnError { throw error }
        let delay = failed(error, &course)
        try await untilShutdown { try await Task.sleep(for: delay) }
      }
    }
  }

  /// Brings in what is there now and returns.
  ///
  /// - Returns: the counts of all batches; nothing on a root and where the node is paused.
  /// - Throws: as ``run()``, with every failure thrown.
  @discardableResult
  package func drain() async throws -> TransferOutcome {
    var course = WorkerCourse()
    let node = try await claim(&course)
    do {
      let state = try await node.state()
      try await node.acknowledge(state)
      var total = TransferOutcome()
      if case .work(let assignment) = try NodeDuty(state) {
        try await withSession(assignment, state, node) { session in
          while let outcome = try await session.bringNext(node.state()) { total.add(outcome) }
        }
      } else {
        try await NodeUpkeep.publish(node)
      }
      await node.connection.close()
      return total
    } catch {
      await node.report(error)
      await node.connection.close()
      throw error
    }
  }

  // MARK: One claim

  private func claim(_ course: inout WorkerCourse) async throws -> LocalNode {
    let node = try await LocalNode.claim(self, by: course.holder, held: course.lease)
    course.lease = node.lease
    return node
  }

  private func serve(_ course: inout WorkerCourse) async throws {
    let node = try await claim(&course)
    do {
      while !Task.isShuttingDownGracefully { try await serve(node, &course) }
      await node.connection.close()
    } catch {
      await node.report(error)
      await node.connection.close()
      throw error
    }
  }

  /// One round: does what the node asks for now.
  private func serve(_ node: LocalNode, _ course: inout WorkerCourse) async throws {
    let state = try await node.state()
    try await node.acknowledge(state)
    if isCounted, course.metrics == nil { course.metrics = TransferMetrics(queue: queue, consumer: state.worker) }
    let duty = try NodeDuty(state)
    switch duty {
    case .publish:
      if course.periods.isDue(.globalWatermark, every: watermarkInterval) { try await NodeUpkeep.publish(node) }
      if course.periods.isDue(.sequences, every: sequenceInterval) { try await NodeUpkeep.publishSequences(node) }
      onRound(nil)
      course.failures = 0
    case .stand: onRound(nil)
    case .work(let assignment):
      guard course.mayWork(on: duty) else { break }
      do {
        try await work(assignment, state, node, &course)
        return
      } catch let error as PostgresError where error.sqlState == "TL001" {
        throw error
      } catch {
        try Task.checkCancellation()
        guard !stopsOnError, await !node.connection.isClosed else { throw error }
        await node.report(error)
        let delay = failed(error, &course)
        course.hold(duty, for: delay)
      }
    }
    try await untilShutdown { [pollInterval] in try await Task.sleep(for: pollInterval) }
  }

  private func failed(_ error: any Error, _ course: inout WorkerCourse) -> Duration {
    course.failures += 1
    onRound(error)
    course.metrics?.fail()
    let delay = retryPolicy.delay(afterFailures: course.failures)
    logger.error("stopped, trying again in \(delay)", metadata: ["queue": "\(queue)", "error": "\(error)"])
    return delay
  }

  // MARK: One provider

  /// How to connect to another node.
  func configuration(_ location: String) -> PostgresConfiguration {
    var configuration = PostgresConfiguration(
      location, adding: remoteOptions, applicationName: database.applicationName)
    configuration.connectTimeout = .seconds(5)
    return configuration
  }

  /// Works until the node is asked for something else.
  private func work(
    _ assignment: NodeDuty.Assignment, _ state: WorkerState, _ node: LocalNode, _ course: inout WorkerCourse
  ) async throws {
    try await withSession(assignment, state, node, course.metrics) { session in
      let attributes = state.attributes
      while !Task.isShuttingDownGracefully {
        let state = try await node.glance()
        guard try NodeDuty(state) == .work(assignment), state.attributes == attributes else { return }
        try await node.acknowledge(state)
        let outcome = try await session.bringNext(state)
        if course.failures > 0 { await node.forgetError() }
        course.failures = 0
        onRound(nil)
        if course.periods.isDue(.localWatermark, every: watermarkInterval) { await session.reportWatermark() }
        if outcome == nil { try await session.wait() }
      }
    }
  }

  private func withSession(
    _ assignment: NodeDuty.Assignment, _ state: WorkerState, _ node: LocalNode, _ metrics: TransferMetrics? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (ProvidedNode) async throws -> Void
  ) async throws {
    let configuration = configuration(assignment.location)
    let provider = try await ProviderSession.open(configuration, assignment, queue, state, logger)
    do {
      let session = WorkerSession(
        queue: queue, state: state, assignment: assignment, local: node.connection, reader: provider.reader,
        localConfiguration: database, providerConfiguration: configuration, remoteOptions: remoteOptions,
        lease: node.lease)
      // Those of the session with the provider before have other contents than this one's will have.
      try await node.connection.execute("discard temp")
      let work = try await start(session)
      do {
        try await body(
          ProvidedNode(
            worker: self, node: node, provider: provider, session: session, work: work, metrics: metrics))
        await work.stop()
      } catch {
        await work.stop()
        throw error
      }
      await provider.close()
    } catch {
      await provider.close()
      throw error
    }
  }
}
