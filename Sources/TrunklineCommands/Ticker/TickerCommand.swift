import ArgumentParser
import Foundation
import Logging
import QueueTicker
import ServiceRuntime
import Telemetry

/// `trunkline ticker`
struct TickerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ticker",
    abstract: "Run the ticker: it makes batches of queued events, rotates tables, and brings retried events back.",
    discussion: """
      Runs until SIGTERM or SIGINT. SIGHUP reads the settings file again and opens the log file anew. Several tickers may
      serve one database: one is active, the others stand by.

      Every option has a variable TRUNKLINE_TICKER_... (TRUNKLINE_TICKER_LATENCY=5ms) and a key in the settings file
      ({"ticker": {"latency": "5ms", "databases": ["dbname=a", "dbname=b"]}}).

      EXAMPLE
        trunkline ticker --all-databases --db 'host=/run/postgresql dbname=postgres'
      """)

  @OptionGroup var options: TickerOptions
  @OptionGroup var log: LogOptions
  @OptionGroup var metrics: MetricsOptions

  @Option(help: "Settings file (JSON); read again on SIGHUP. Default: TRUNKLINE_CONFIG.")
  var config: String?

  @Option(help: "File for the process id; a second ticker with the same file refuses to start.")
  var pidfile: String?

  @Flag(
    help: "One tick for each queue that needs one and one round of maintenance, then end; status 1 if anything failed.")
  var once = false

  func run() async throws {
    let settings = try await readSettings()
    let destination = try LogOptions.setup(from: settings).bootstrap()
    let logger = Logger(label: "ticker")
    let service = TickerService(settings: try TickerOptions.settings(options.db, settings), logger: logger)
    let watchPeriod = try TickerOptions.watchPeriod(settings)
    let pidfile = try settings.text("ticker.pidfile").map { try PIDFile(path: $0) }
    defer { withExtendedLifetime(pidfile) {} }

    if once {
      guard await service.runOnce() else {
        throw CommandError("not everything worked", hint: "the log says what did not", exitCode: .failure)
      }
      return
    }
    let runner = ServiceRunner(logger: logger) {
      do {
        try destination.reopen()
        service.reload(try await TickerOptions.settings(options.db, readSettings()))
      } catch {
        logger.error("settings are not reloaded, the old ones stay in use", metadata: ["error": "\(error)"])
      }
    }
    let telemetry = TickerTelemetry(service: service)
    let metrics = try MetricsOptions.services(
      from: settings, daemon: "ticker", liveness: { telemetry.liveness }, readiness: { telemetry.readiness },
      databases: { telemetry.databases }, logger: Logger(label: "metrics"))
    let watch = DiagnosisWatch({ telemetry.databases }, period: watchPeriod, logger: Logger(label: "watch"))
    do {
      logger.info("started", metadata: ["pid": "\(ProcessInfo.processInfo.processIdentifier)"])
      try await runner.run([service, watch] + metrics)
      logger.info("stopped")
    } catch let error as TickerError {
      throw CommandError("\(error)", hint: "--exit-after-unhealthy asked for this", exitCode: .unavailable)
    }
  }

  private func readSettings() async throws -> Settings {
    let environment = ProcessInfo.processInfo.environment
    var flags = options.flags.merging(log.flags) { $1 }.merging(metrics.flags) { $1 }
    flags["ticker.pidfile"] = pidfile
    return try await Settings(
      flags: flags, environment: environment, file: config ?? environment["TRUNKLINE_CONFIG"])
  }
}
