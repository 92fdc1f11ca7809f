import ArgumentParser
import EventQueue
import Foundation
import Logging
import PostgresClient
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// What all daemons have in common that bring a queue into another database. Each option is also a `TRUNKLINE_...`
/// variable and a key of the settings file.
struct TransferOptions: ParsableArguments {
  @Argument(help: "Queue to read.")
  var queue: String

  @Option(
    name: [.customLong("source"), .customLong("db")],
    help: "Database of that queue: libpq connection string or URI. Default: TRUNKLINE_DB, else the PG* environment.")
  var source: String?

  @Option(help: "Database to write into: libpq connection string or URI. It may be the same one.")
  var target: String?

  @Option(help: "Name under which the position is kept. A second process of the same name takes over from the first.")
  var consumer: String?

  @Option(help: "Events to collect into one batch while behind (50000).")
  var batchEvents: Int?

  @Flag(name: [.customLong("once"), .customLong("until-idle")], help: "Work off what is there now, and end.")
  var once = false

  @Flag(help: "End at the first failure instead of trying again until its cause is mended.")
  var stopOnError = false

  @Option(help: "File that holds the process id, locked while the process lives.")
  var pidfile: String?

  @Option(help: "Settings file (JSON). Default: TRUNKLINE_CONFIG.")
  var config: String?

  @Flag(help: "Show everything known about an error.")
  var verbose = false

  @OptionGroup var log: LogOptions
  @OptionGroup var metrics: MetricsOptions

  /// The settings of all sources together.
  ///
  /// - Parameter flags: more options of the command, by key.
  func settings(_ flags: [String: String?] = [:]) async throws -> Settings {
    let own = [
      "db": source, "target": target, "consumer": consumer, "batch-events": batchEvents.map(String.init),
      "pidfile": pidfile, "stop-on-error": stopOnError ? "true" : nil,
    ]
    let environment = ProcessInfo.processInfo.environment
    let all = own.merging(flags) { $1 }.compactMapValues { $0 }.merging(log.flags) { $1 }
      .merging(metrics.flags) { $1 }
    return try await Settings(flags: all, environment: environment, file: config ?? environment["TRUNKLINE_CONFIG"])
  }

  /// Describes the worker.
  ///
  /// - Parameters:
  ///   - activity: the name of the command, for logs and `pg_stat_activity`.
  ///   - start: what is done with each batch.
  func worker(
    _ activity: String, _ settings: Settings, logger: Logger,
    start: @escaping @Sendable (TransferSession) async throws -> TransferWorker.BatchHandler
  ) throws -> TransferWorker {
    guard let target = settings.text("target") else {
      throw SettingError(key: "target", problem: "is missing: the database to write into (--target)")
    }
    var worker = TransferWorker(
      source: PostgresConfiguration(settings.text("db") ?? "", applicationName: "trunkline \(activity)"),
      target: PostgresConfiguration(target, applicationName: "trunkline \(activity)"),
      queue: queue, consumer: settings.text("consumer") ?? activity, logger: logger, start: start)
    worker.maximumEvents = try settings.int("batch-events", default: 50_000, in: 1...Int.max)
    worker.stopsOnError = try settings.bool("stop-on-error", default: false)
    return worker
  }

  /// Runs the worker as a daemon, or until nothing is left with `--once`.
  func run(
    _ activity: String, _ settings: Settings,
    start: @escaping @Sendable (TransferSession, Logger) async throws -> TransferWorker.BatchHandler
  ) async throws {
    let destination = try LogOptions.setup(from: settings).open()
    let lock = try settings.text("pidfile").map { try PIDFile(path: $0) }
    defer { withExtendedLifetime(lock) {} }
    let logger = destination.logger(activity)
    var worker = try worker(activity, settings, logger: logger) { try await start($0, logger) }
    if once {
      let outcome = try await worker.drain()
      StandardStreams.write(TransferReport.text(outcome))
      return
    }
    let report = TransferReport(logger)
    worker.onBatch = { report.add($0) }
    let health = DaemonHealth()
    worker.onRound = { error in
      if let error { health.failed("\(error)") } else { health.succeeded() }
    }
    let telemetry = try MetricsOptions.services(
      from: settings, daemon: activity, health: health, logger: destination.logger("metrics"))
    worker.metrics = TransferMetrics(queue: worker.queue, consumer: worker.consumer)
    try await ServiceRunner(logger: destination.logger("trunkline"), reload: { try? destination.reopen() })
      .run([TransferService(worker)] + telemetry)
    report.write()
  }
}
