import Logging
import PostgresClient
import QueueTicker
import Telemetry

/// What a ticker tells about itself.
struct TickerTelemetry: Sendable {
  let service: TickerService

  /// The main loop looks after itself every second; when it does not, it hangs.
  var liveness: DaemonHealth.Answer {
    let silence = ContinuousClock.now - service.status.lastBeat
    return silence < .seconds(30)
      ? .init(true, "alive") : .init(false, "the main loop is silent for \(silence.components.seconds) s")
  }

  /// Every database is ticked, or this ticker stands by for one that ticks it.
  var readiness: DaemonHealth.Answer {
    let databases = service.status.databases
    guard !databases.isEmpty else { return .init(false, "no database is served") }
    let reasons = databases.sorted { $0.key < $1.key }.compactMap { name, health -> String? in
      switch health.state {
      case .standby: return nil
      case .ticking:
        guard health.failingQueues.isEmpty else { return "\(name): \(health)" }
        let age = health.lastLook.map { ContinuousClock.now - $0 } ?? .zero
        return age < .seconds(10) ? nil : "\(name): queues were looked at \(age.components.seconds) s ago"
      case .connecting, .waitingForSchema, .unhealthy: return "\(name): \(health)"
      }
    }
    return .init(reasons.isEmpty, reasons.isEmpty ? "ready" : reasons.joined(separator: "\n"))
  }

  /// The databases whose ticks are made here; those of other tickers are exported by them.
  var databases: [ServedDatabase] {
    let active = service.activeDatabases.sorted { $0.key < $1.key }
      .map { (name: $0.key, configuration: PostgresConfiguration($0.value)) }
    let labels = active.map(\.configuration.databaseLabel)
    return zip(active, labels).map { database, label in
      // names must be told apart
      let isUnique = labels.filter { $0 == label }.count == 1
      return ServedDatabase(name: isUnique ? label : database.name, configuration: database.configuration)
    }
  }
}
