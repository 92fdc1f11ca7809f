/// What a ticker serves, and how.
public struct TickerSettings: Sendable, Equatable {
  /// Which databases a ticker serves.
  public enum Databases: Sendable, Equatable {
    /// These connection strings.
    case named([String])
    /// Every database of the server behind this connection string that has schema `pgq`, now or later.
    case all(via: String)
  }

  /// The databases.
  public var databases: Databases
  /// Least time between two ticks made for new events; `nil`: only the queues' own settings count.
  public var latency: Duration?
  /// Look every 20 ms when nothing happens, instead of asking producers to notify. For producers that use
  /// PREPARE TRANSACTION, which a notification makes impossible.
  public var staysAwake: Bool
  /// Time between two searches for databases, and for schema `pgq` where it is missing.
  public var checkPeriod: Duration
  /// Time between two rounds of maintenance.
  public var maintenancePeriod: Duration
  /// Longest time between two looks for delayed events and retries. Those that are due earlier are announced, so this
  /// matters for what something else than Trunkline puts there.
  public var retryPeriod: Duration
  /// Time between two log lines with counts.
  public var statisticsPeriod: Duration
  /// Time between two attempts to take over from another ticker.
  public var standbyPeriod: Duration
  /// End with an error when a database could not be served for so long; `nil`: try for ever.
  public var exitAfterUnhealthy: Duration?

  /// Makes settings; see the properties.
  public init(
    databases: Databases,
    latency: Duration? = .milliseconds(2),
    staysAwake: Bool = false,
    checkPeriod: Duration = .seconds(60),
    maintenancePeriod: Duration = .seconds(120),
    retryPeriod: Duration = .seconds(1),
    statisticsPeriod: Duration = .seconds(30),
    standbyPeriod: Duration = .seconds(1),
    exitAfterUnhealthy: Duration? = nil
  ) {
    self.databases = databases
    self.latency = latency
    self.staysAwake = staysAwake
    self.checkPeriod = checkPeriod
    self.maintenancePeriod = maintenancePeriod
    self.retryPeriod = retryPeriod
    self.statisticsPeriod = statisticsPeriod
    self.standbyPeriod = standbyPeriod
    self.exitAfterUnhealthy = exitAfterUnhealthy
  }

  /// Whether all but ``databases`` is the same.
  func differsOnlyInDatabases(from other: TickerSettings) -> Bool {
    var same = self
    same.databases = other.databases
    return same == other
  }
}
