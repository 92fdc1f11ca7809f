import EventQueue
import Logging
import PostgresClient
import ServiceLifecycle
import ServiceRuntime

/// Receives events and has them worked on, until nothing is left or it shall stop.
struct ConsumeService: Service, CustomStringConvertible {
  let work: ConsumeWork
  let configuration: PostgresConfiguration
  let isFollowing: Bool
  let registers: Bool
  /// How long to wait for events where `isFollowing` is not set.
  let idleLimit: Duration
  /// Events to work on; nil: any number.
  let maximum: Int?
  let batchSize: Int
  let logger: Logger
  /// Told how it goes: `nil` whenever it came round without a failure.
  var onRound: @Sendable ((any Error)?) -> Void = { _ in }

  /// How often to look without an announcement: retried events of a lane come without one.
  private static let pollInterval: Duration = .seconds(1)

  var description: String { "consume" }

  /// What outlives a connection.
  private struct Memory {
    /// Events that were worked on.
    var count = 0
    let known = KnownOutcomes()
    let metrics: ConsumerMetrics
  }

  func run() async throws {
    var memory = Memory(metrics: ConsumerMetrics(queue: work.queue, consumer: work.consumer))
    var backoff = Backoff()
    while true {
      do {
        try await session(&memory, &backoff)
        return
      } catch let error as PostgresError where error.sqlState == "TL001" {
        throw CommandError(
          "somebody else works as consumer \"\(work.consumer)\"\(work.member.map { ", member \"\($0)\"" } ?? "") now",
          hint: "every process needs a --member of its own", exitCode: .temporary)
      } catch let error as PostgresError where isFollowing && error.isTransient {
        if isStopping { throw error }
        onRound(error)
        let delay = backoff.failed()
        logger.warning("trying again", metadata: ["error": "\(error)", "after": "\(delay)"])
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
        if isStopping { return }
      }
    }
  }

  private var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

  /// Works with one connection.
  private func session(_ memory: inout Memory, _ backoff: inout Backoff) async throws {
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      try await loop(connection, &memory, &backoff)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  private func loop(_ connection: PostgresConnection, _ memory: inout Memory, _ backoff: inout Backoff) async throws {
    let session = DeliverySession(
      connection: connection, queue: work.queue, consumer: work.consumer, member: work.member)
    if registers { try await SQLCall("trunkline.register", work.queue, work.consumer).run(connection) }
    let settings = try await session.settings()
    try await connection.listen(ConsumerSession.tickChannel)
    var idleSince = ContinuousClock.now
    while !isStopping {
      let limit = min(batchSize, maximum.map { $0 - memory.count } ?? batchSize)
      guard limit > 0 else { return }
      let received = try await session.receive(limit)
      onRound(nil)
      guard let delivery = received else {
        backoff.succeeded()
        let left = isFollowing ? Self.pollInterval : min(Self.pollInterval, idleLimit - (.now - idleSince))
        guard left > .zero else { return }
        try? await cancelWhenGracefulShutdown { try await session.waitForTick(atMost: left) }
        continue
      }
      try await handle(delivery, session, settings, &memory)
      backoff.succeeded()
      idleSince = .now
    }
  }

  /// Works on one delivery, with signs of life meanwhile, and says what became of it.
  private func handle(
    _ delivery: Delivery, _ session: DeliverySession, _ settings: DeliverySession.Settings, _ memory: inout Memory
  ) async throws {
    let heartbeat = Heartbeat(session: session, receipt: delivery.receipt, leaseTime: settings.leaseTime)
    let (work, known) = (work, memory.known)
    let result: WorkResult
    let begin = ContinuousClock.now
    memory.metrics.receive(delivery.events.count)
    do {
      result = try await heartbeat.during {
        try await work.perform(delivery, isOrdered: settings.isOrdered, known: known)
      }
    } catch {
      await giveBack { try await session.release(delivery.receipt) }
      throw error
    }
    if result.isUntouched {
      await giveBack { try await session.release(delivery.receipt) }
    } else {
      // Also when a second signal has cancelled this task: what is finished must be told.
      try await Task { try await session.settle(delivery.receipt, result) }.value
      memory.count += result.end == nil ? delivery.events.count : result.outcomes.count
      memory.known.clear()
      memory.metrics.worked(.now - begin)
      memory.metrics.finish()
      count(result, of: delivery, memory.metrics)
      report(result.outcomes)
    }
    if let failure = result.failure { throw failure }
  }

  private func count(_ result: WorkResult, of delivery: Delivery, _ metrics: ConsumerMetrics) {
    var failed = 0
    for (_, outcome) in result.outcomes {
      switch outcome {
      case .done: continue
      case .retry: metrics.count(.retry)
      case .dead: metrics.count(.dead)
      }
      failed += 1
    }
    metrics.acknowledge((result.end == nil ? delivery.events.count : result.outcomes.count) - failed)
  }

  /// Gives back as well as can be; otherwise the lease runs out.
  private func giveBack(_ body: @escaping @Sendable () async throws -> Void) async {
    do {
      try await Task { try await body() }.value
    } catch {
      logger.notice("the events could not be given back at once", metadata: ["error": "\(error)"])
    }
  }

  private func report(_ outcomes: [(event: Int64, outcome: EventOutcome)]) {
    for (event, outcome) in outcomes {
      switch outcome {
      case .done: continue
      case .retry(let reason, _):
        logger.warning("event failed", metadata: ["event": "\(event)", "reason": "\(reason)"])
      case .dead(let reason):
        logger.error("event was given up", metadata: ["event": "\(event)", "reason": "\(reason)"])
      }
    }
  }
}
