import CoreMetrics
import DatabaseSchemas
package import Logging
import ServiceLifecycle

/// A daemon's HTTP interface: /metrics for Prometheus, /healthz and /readyz for whoever supervises it.
package struct TelemetryService: Service {
  private let listener: HTTPListener
  private let logger: Logger

  /// Where it listens.
  package var address: ListenAddress { listener.address }

  /// Begins to listen; requests are answered by ``run()``.
  ///
  /// - Parameters:
  ///   - daemon: name of the command, for `trunkline_build_info`.
  ///   - registry: what the process counts.
  ///   - databases: databases whose numbers are exported, too; asked at each scrape.
  /// - Throws: ``ListenError``.
  package init(
    _ address: ListenAddress, daemon: String, registry: MetricRegistry,
    liveness: @escaping @Sendable () -> DaemonHealth.Answer,
    readiness: @escaping @Sendable () -> DaemonHealth.Answer,
    databases: @escaping @Sendable () -> [ServedDatabase] = { [] }, logger: Logger
  ) throws {
    ProcessMetrics.noteStart()
    self.logger = logger
    let scraper = DatabaseScraper(databases, logger: logger)
    listener = try HTTPListener(address) { path in
      switch path {
      case "/metrics":
        var build = MetricFamily(MetricCatalog.build)
        build.add(1, DatabaseSchema.release, daemon)
        var ready = MetricFamily(MetricCatalog.health)
        ready.add(readiness().isGood ? 1 : 0)
        let families = await [build, ready] + ProcessMetrics.collect() + registry.collect() + scraper.families()
        return HTTPResponse(200, contentType: ExpositionText.contentType, ExpositionText.write(families))
      case "/healthz": return Self.response(liveness())
      case "/readyz": return Self.response(readiness())
      case "/": return HTTPResponse(200, "trunkline \(daemon): /metrics /healthz /readyz\n")
      default: return HTTPResponse(404, "there is /metrics, /healthz and /readyz\n")
      }
    }
  }

  /// Serves until the service group shuts down.
  package func run() async {
    logger.notice("metrics are served", metadata: ["url": "http://\(address)/metrics"])
    await cancelWhenGracefulShutdown { await listener.run() }
  }

  private static func response(_ answer: DaemonHealth.Answer) -> HTTPResponse {
    HTTPResponse(answer.isGood ? 200 : 503, answer.reason + "\n")
  }
}
