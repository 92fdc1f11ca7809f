package import Logging
import PostgresClient
import ServiceLifecycle
package import StatusModel

/// Diagnoses databases now and then, and logs what harms them: stalled consumers, long transactions, held rotations.
package struct DiagnosisWatch: Service {
  private let databases: @Sendable () -> [ServedDatabase]
  private let period: Duration
  private let logger: Logger

  /// - Parameter period: time between two looks.
  package init(
    _ databases: @escaping @Sendable () -> [ServedDatabase], period: Duration = .seconds(60), logger: Logger
  ) {
    self.databases = databases
    self.period = period
    self.logger = logger
  }

  /// Watches until the service group shuts down.
  package func run() async {
    await cancelWhenGracefulShutdown {
      var memory = FindingMemory()
      while (try? await Task.sleep(for: period)) != nil {
        for database in databases() { await look(database, &memory) }
      }
    }
  }

  private func look(_ database: ServedDatabase, _ memory: inout FindingMemory) async {
    let configuration = StatusReader.configuration(database.configuration, applicationName: "trunkline watch")
    // what cannot be reached is told by those who work on it
    guard let snapshot = try? await StatusReader.read(configuration, logger: logger) else { return }
    for finding in memory.news(Diagnosis(snapshot).findings, of: database.name, now: .now) {
      // Causes may show statements of others with their data, so they stay out of logs.
      var metadata: Logger.Metadata = ["db": "\(database.name)", "check": "\(finding.check)"]
      if let command = finding.commands.first { metadata["remedy"] = "\(command)" }
      logger.log(level: finding.severity == .error ? .error : .warning, "\(finding.what)", metadata: metadata)
    }
  }
}

/// Which findings were told already: each is told once, again when it gets worse, and again after an hour.
package struct FindingMemory: Sendable {
  private struct Key: Hashable { var database, check, place: String }
  private var told: [Key: (time: ContinuousClock.Instant, severity: Finding.Severity)] = [:]
  private static let checks: Set = [
    "rotation", "long transaction", "table size", "stalled consumer", "consumer limit", "eviction", "dead member",
    "delayed events",
  ]

  package init() {}

  /// What is to be told now.
  package mutating func news(
    _ findings: [Finding], of database: String, now: ContinuousClock.Instant
  ) -> [Finding] {
    let current = findings.filter { $0.severity > .notice && Self.checks.contains($0.check) }
    var news: [Finding] = []
    var seen: Set<Key> = []
    for finding in current {
      // several transactions are of one place; what they are called tells them apart
      let key = Key(
        database: database, check: finding.check,
        place: finding.check == "long transaction" ? finding.commands.first ?? "" : finding.place)
      seen.insert(key)
      if let old = told[key], old.severity >= finding.severity, now - old.time < .seconds(3600) { continue }
      told[key] = (now, finding.severity)
      news.append(finding)
    }
    told = told.filter { $0.key.database != database || seen.contains($0.key) }
    return news
  }
}
