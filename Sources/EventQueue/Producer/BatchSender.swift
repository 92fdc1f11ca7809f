import Logging
import PostgresClient

/// Sends the batches of a ``BufferedProducer`` over a connection that it makes again when it is lost.
actor BatchSender {
  private let producer: Producer
  private let database: PostgresConfiguration
  private let patience: Duration
  private let logger: Logger
  private var connection: PostgresConnection?
  /// Whether the database could not be reached for as long as events wait for it: the next ones do not wait.
  private var isImpatient = false

  /// A batch that the server gave up for reasons that pass is repeated so often.
  private static let mostAttempts = 5

  init(producer: Producer, database: PostgresConfiguration, patience: Duration, logger: Logger) {
    self.producer = producer
    self.database = database
    self.patience = patience
    self.logger = logger
  }

  /// Sends a batch in one transaction. When an event of it is refused, each is sent alone, so that only that one fails.
  /// Every event is finished, one way or the other.
  func send(_ batch: [PendingEvent]) async {
    do {
      let ids = try await attempt(batch.map(\.event))
      for (pending, id) in zip(batch, ids) { pending.finish(.success(id)) }
      guard ids.count == batch.count else { throw PostgresError(.decoding, "trunkline.send() returned too few ids") }
    } catch let error as PostgresError where Self.mayBeOneEvent(error) && batch.count > 1 {
      for pending in batch { await send([pending]) }
    } catch {
      let isUnknown = (error as? PostgresError)?.code == .connectionLost
      for pending in batch {
        pending.finish(.failure(SendFailure(event: pending.event, cause: error, mayHaveBeenSent: isUnknown)))
      }
    }
  }

  func close() async {
    await connection?.close()
    connection = nil
  }

  /// Whether the fault may be that of one event of many.
  private static func mayBeOneEvent(_ error: PostgresError) -> Bool {
    switch error.code {
    case .invalidInput: true
    case .server: error.sqlState.map { $0 != .insufficientPrivilege && !$0.isTransient } ?? false
    default: false
    }
  }

  private func attempt(_ events: [OutgoingEvent]) async throws -> [Int64] {
    // What has a deduplication key can be sent again whether or not the first attempt was committed.
    let isRepeatable = events.allSatisfy { $0.deduplication != nil }
    var attempts = 0
    while true {
      let connection = try await connected()
      do {
        return try await producer.send(events, over: connection)
      } catch let error as PostgresError {
        if await connection.isClosed { await close() }
        attempts += 1
        let isRolledBack = error.code == .server
        guard error.isTransient, isRolledBack || isRepeatable, attempts < Self.mostAttempts else { throw error }
        logger.notice("events are sent again", metadata: ["queue": "\(producer.queue)", "error": "\(error)"])
        try await Task.sleep(for: ReconnectPolicy(initialDelay: .milliseconds(20)).delay(afterFailures: attempts))
      }
    }
  }

  private func connected() async throws -> PostgresConnection {
    if let connection, await !connection.isClosed { return connection }
    let policy = ReconnectPolicy(maximumDelay: .seconds(2))
    let deadline = ContinuousClock.now + (isImpatient ? .zero : patience)
    var failures = 0
    while true {
      do {
        let connection = try await PostgresConnection.connect(database, logger: logger)
        self.connection = connection
        isImpatient = false
        return connection
      } catch let error as PostgresError where error.isTransient {
        failures += 1
        let pause = policy.delay(afterFailures: failures)
        guard ContinuousClock.now + pause < deadline else {
          isImpatient = true
          throw error
        }
        logger.warning(
          "events wait for the database", metadata: ["queue": "\(producer.queue)", "error": "\(error)"])
        try await Task.sleep(for: pause)
      }
    }
  }
}
