package import StatusModel

/// The numbers of a database that a DBA needs, from a snapshot: a pure function.
package enum DatabaseMetrics {
  static let definitions: [MetricDefinition] =
    [up, transactionAge, transactionIDs, preparedTransactions, findings] + queueDefinitions + consumerDefinitions

  static let up = MetricDefinition(
    "trunkline_database_up", .gauge, "1 when the database could be looked at for this scrape, else 0.",
    labels: ["database"])
  static let transactionAge = MetricDefinition(
    "trunkline_database_oldest_transaction_seconds", .gauge,
    "Age of the oldest transaction of the server; 0 when none is older than 5 seconds.", labels: ["database"])
  static let preparedTransactions = MetricDefinition(
    "trunkline_database_oldest_prepared_transaction_seconds", .gauge,
    "Age of the oldest prepared transaction of the server; 0 without one.", labels: ["database"])
  static let transactionIDs = MetricDefinition(
    "trunkline_database_xid_age", .gauge, "Transactions since the oldest one that is not frozen in the database.",
    labels: ["database"])
  static let findings = MetricDefinition(
    "trunkline_findings", .gauge, "Findings of the diagnosis, as 'trunkline doctor' explains them.",
    labels: ["database", "severity"])

  private static func queue(
    _ name: String, _ kind: MetricKind, _ help: String, _ value: @escaping @Sendable (QueueSnapshot) -> Double?
  ) -> (MetricDefinition, @Sendable (QueueSnapshot) -> Double?) {
    (MetricDefinition("trunkline_queue_\(name)", kind, help, labels: ["database", "queue"]), value)
  }

  private static let queueMetrics = [
    queue("events_total", .counter, "Events ever numbered; also those of transactions that were rolled back.") {
      $0.eventSequence.map(Double.init)
    },
    queue("ticks_total", .counter, "Ticks ever made.") { $0.lastTick.map(Double.init) },
    queue("new_events", .gauge, "Events since the newest tick.") { Double($0.newEvents) },
    queue("tick_age_seconds", .gauge, "Age of the newest tick.") { $0.tickerLag },
    queue("bytes", .gauge, "Size of the event tables with indexes and TOAST.") { Double($0.bytes) },
    queue("rows", .gauge, "Events in the event tables, estimated.") { Double($0.events) },
    queue("switch_age_seconds", .gauge, "Time since the event tables were last switched.") { $0.switchAge },
    queue("rotation_period_seconds", .gauge, "Time after which they are to be switched.") { $0.rotationPeriod },
    queue("rotation_blocked", .gauge, "1 when a consumer or a transaction keeps a switch that is due from happening.") {
      switch $0.rotation {
      case .waitsForConsumer, .waitsForTransaction: 1
      default: 0
      }
    },
    queue("delayed_events", .gauge, "Events that wait for their time; counted up to 100,000.") {
      Double($0.delayedEvents)
    },
    queue("paused", .gauge, "1 when the ticker leaves the queue alone.") { $0.isTickerPaused ? 1 : 0 },
  ]

  private static func consumer(
    _ name: String, _ help: String, _ value: @escaping @Sendable (ConsumerSnapshot) -> Double?
  ) -> (MetricDefinition, @Sendable (ConsumerSnapshot) -> Double?) {
    (
      MetricDefinition(
        "trunkline_queue_consumer_\(name)", .gauge, help, labels: ["database", "queue", "consumer"]),
      value
    )
  }

  private static let consumerMetrics = [
    consumer("lag_seconds", "Age of the tick up to which the consumer has finished everything.") { $0.lag },
    consumer("waiting_seconds", "For how long something waits for the consumer: age of the tick after that one, or 0.")
    {
      $0.waiting
    },
    consumer("pending_events", "Events after that tick, estimated.") { Double($0.pendingEvents) },
    consumer("retained_bytes", "Bytes of event tables that these take, estimated.") { Double($0.retainedBytes) },
    consumer("idle_seconds", "Time since the consumer did something.") { $0.idle },
    consumer("batch_open", "1 when it has a batch open.") { $0.batch == nil ? 0 : 1 },
    consumer("retry_events", "Events that wait to be tried again; counted up to 100,000.") {
      Double($0.retries + $0.parked)
    },
    consumer("dead_events", "Dead letters that nobody has dealt with; counted up to 100,000.") {
      Double($0.deadEvents)
    },
    consumer("members", "Processes that share its batches.") { Double($0.members.count) },
    consumer("paused", "1 when it is paused.") { $0.isPaused ? 1 : 0 },
  ]

  private static let queueDefinitions = queueMetrics.map(\.0)
  private static let consumerDefinitions = consumerMetrics.map(\.0)

  /// - Parameter database: its name among those that the program serves.
  package static func families(_ snapshot: StatusSnapshot, database: String) -> [MetricFamily] {
    var families: [MetricFamily] = []
    func add(_ definition: MetricDefinition, _ value: Double, _ labels: [String]) {
      families.append(
        MetricFamily(
          definition, samples: [(Array(zip(definition.labels, [database] + labels)), .number(value))]))
    }
    add(up, 1, [])
    add(transactionAge, snapshot.transactions.map(\.age).max() ?? 0, [])
    add(preparedTransactions, snapshot.transactions.filter { $0.kind == .prepared }.map(\.age).max() ?? 0, [])
    add(transactionIDs, Double(snapshot.server.transactionAge), [])
    let found = Diagnosis(snapshot).findings
    for severity in Finding.Severity.allCases {
      let number = found.filter { $0.severity == severity }.count
      add(findings, Double(number), [severity.rawValue])
    }
    for (definition, value) in queueMetrics {
      for queue in snapshot.queues {
        if let value = value(queue) { add(definition, value, [queue.name]) }
      }
    }
    for (definition, value) in consumerMetrics {
      for consumer in snapshot.consumers {
        if let value = value(consumer) { add(definition, value, [consumer.queue, consumer.name]) }
      }
    }
    return families
  }

  /// For a database that could not be looked at.
  package static func unreachable(_ database: String) -> MetricFamily {
    MetricFamily(up, samples: [([("database", database)], .number(0))])
  }
}
