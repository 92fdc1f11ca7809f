import ArgumentParser
import CoreMetrics
import Logging
import ServiceLifecycle
import ServiceRuntime
import Telemetry

/// How a daemon shows its numbers and its health. Also `TRUNKLINE_METRICS_LISTEN`, and a key in the settings file.
struct MetricsOptions: ParsableArguments {
  @Option(
    help: """
      Serve /metrics, /healthz and /readyz over HTTP at HOST:PORT, or at PORT of this machine only; port 0: any free one, \
      which the log names. Default: off.
      """)
  var metricsListen: String?

  /// The option by setting key.
  var flags: [String: String] { ["metrics.listen": metricsListen].compactMapValues { $0 } }

  /// The HTTP service that settings ask for, with all that libraries count behind it; empty when it is off.
  ///
  /// To be called before anything counts.
  ///
  /// - Parameters:
  ///   - daemon: the command's name.
  ///   - liveness, readiness: what /healthz and /readyz answer.
  ///   - databases: databases whose numbers are exported.
  /// - Throws: `SettingError`, `ListenError`.
  static func services(
    from settings: Settings, daemon: String, liveness: @escaping @Sendable () -> DaemonHealth.Answer,
    readiness: @escaping @Sendable () -> DaemonHealth.Answer,
    databases: @escaping @Sendable () -> [ServedDatabase] = { [] }, logger: Logger
  ) throws -> [any Service] {
    guard let text = settings.text("metrics.listen"), !["", "off"].contains(text.lowercased()) else { return [] }
    guard let address = ListenAddress(text) else {
      throw SettingError(key: "metrics.listen", problem: "'\(text)' is neither HOST:PORT nor PORT nor off")
    }
    let registry = MetricRegistry()
    let service = try TelemetryService(
      address, daemon: daemon, registry: registry, liveness: liveness, readiness: readiness, databases: databases,
      logger: logger)
    MetricsSystem.bootstrap(RegistryFactory(registry))
    return [service]
  }

  /// The same for a daemon that tells its health as it goes: one line in its command.
  static func services(
    from settings: Settings, daemon: String, health: DaemonHealth, logger: Logger
  ) throws -> [any Service] {
    try services(
      from: settings, daemon: daemon, liveness: { health.liveness }, readiness: { health.readiness }, logger: logger)
  }
}
