import ArgumentParser
import QueueTicker
import ServiceRuntime

/// What a ticker serves, and how. All of it may also come from the environment or from the settings file.
struct TickerOptions: ParsableArguments {
  @Option(
    help: "libpq connection string or URI of a database; may be repeated. Default: TRUNKLINE_DB, else PG* variables.")
  var db: [String] = []

  @Flag(help: "Serve every database of the server that has queues, now or later.")
  var allDatabases = false

  @Option(help: "Least time between ticks for new events (2ms); off: only the settings of each queue count.")
  var latency: String?

  @Flag(help: "Never ask producers to notify, look every 20 ms instead: for producers that use PREPARE TRANSACTION.")
  var stayAwake = false

  @Option(help: "Time between two searches for databases (60s).")
  var checkPeriod: String?

  @Option(help: "Time between two rounds of maintenance (120s).")
  var maintPeriod: String?

  @Option(help: "Time between two looks for events to be retried (1s).")
  var retryPeriod: String?

  @Option(help: "Time between two log lines with counts (30s).")
  var statsPeriod: String?

  @Option(help: "Time between two attempts to take over from another ticker (1s).")
  var standbyPeriod: String?

  @Option(help: "Time between two looks for stalled consumers and long transactions, which are logged (60s).")
  var watchPeriod: String?

  @Option(help: "End with status 69 when a database could not be served for so long. Default: try for ever.")
  var exitAfterUnhealthy: String?

  /// The options that were given, by setting key.
  var flags: [String: String] {
    let texts = [
      "ticker.latency": latency, "ticker.check-period": checkPeriod, "ticker.maint-period": maintPeriod,
      "ticker.retry-period": retryPeriod, "ticker.stats-period": statsPeriod,
      "ticker.standby-period": standbyPeriod, "ticker.watch-period": watchPeriod,
      "ticker.exit-after-unhealthy": exitAfterUnhealthy,
      "ticker.all-databases": allDatabases ? "true" : nil, "ticker.stay-awake": stayAwake ? "true" : nil,
    ]
    return texts.compactMapValues { $0 }
  }

  /// The settings that all sources together ask for.
  ///
  /// - Parameter databases: connection strings of the command line. They may hold commas, so they are no setting.
  /// - Throws: `SettingError`.
  static func settings(_ databases: [String], _ settings: Settings) throws -> TickerSettings {
    let standard = TickerSettings(databases: .named([]))
    var databases = databases
    if databases.isEmpty, let text = settings.text("db") { databases = [text] }
    if databases.isEmpty { databases = settings.list("ticker.databases") }
    if databases.isEmpty { databases = [""] }
    let isAll = try settings.bool("ticker.all-databases", default: false)
    guard !isAll || databases.count == 1 else {
      throw SettingError(
        key: "ticker.all-databases", problem: "takes one connection string at most, that of any database of the server")
    }
    return TickerSettings(
      databases: isAll ? .all(via: databases[0]) : .named(databases),
      latency: try latency(settings, standard.latency),
      staysAwake: try settings.bool("ticker.stay-awake", default: false),
      checkPeriod: try positive("ticker.check-period", settings, standard.checkPeriod),
      maintenancePeriod: try positive("ticker.maint-period", settings, standard.maintenancePeriod),
      retryPeriod: try positive("ticker.retry-period", settings, standard.retryPeriod),
      statisticsPeriod: try positive("ticker.stats-period", settings, standard.statisticsPeriod),
      standbyPeriod: try positive("ticker.standby-period", settings, standard.standbyPeriod),
      exitAfterUnhealthy: try settings.text("ticker.exit-after-unhealthy").map { _ in
        try settings.duration("ticker.exit-after-unhealthy", default: .zero)
      })
  }

  /// Time between two diagnoses.
  ///
  /// - Throws: `SettingError`.
  static func watchPeriod(_ settings: Settings) throws -> Duration {
    try positive("ticker.watch-period", settings, .seconds(60))
  }

  private static func latency(_ settings: Settings, _ standard: Duration?) throws -> Duration? {
    guard let text = settings.text("ticker.latency") else { return standard }
    if ["off", "none", "false"].contains(text.lowercased()) { return nil }
    return try positive("ticker.latency", settings, .zero)
  }

  /// A period of 0 would be a busy loop.
  private static func positive(_ key: String, _ settings: Settings, _ standard: Duration) throws -> Duration {
    let value = try settings.duration(key, default: standard)
    guard value >= .microseconds(500) else { throw SettingError(key: key, problem: "must be at least 0.5ms") }
    return value
  }
}
