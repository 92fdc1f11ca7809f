import EventFormats
import EventQueue
import Logging
import PostgresClient

/// The connections of a copy. Those to the source all read its one snapshot.
actor CopyConnections {
  private let source: PostgresConfiguration
  private let target: PostgresConfiguration
  private let logger: Logger
  private var open: [PostgresConnection] = []
  private var idleSources: [PostgresConnection] = []
  private var idleTargets: [PostgresConnection] = []
  private var snapshot: CopySnapshot?

  init(source: PostgresConfiguration, target: PostgresConfiguration, logger: Logger) {
    self.source = source
    self.target = target
    self.logger = logger
  }

  /// A connection to the source without a snapshot.
  func openSource() async throws -> PostgresConnection {
    let connection = try await PostgresConnection.connect(source, logger: logger)
    open.append(connection)
    try await TextForms.pin(connection)
    return connection
  }

  /// Lets the connections to the source read a snapshot, which lives as long as the holder is connected.
  func share(_ snapshot: CopySnapshot, holder: PostgresConnection) {
    self.snapshot = snapshot
    // The holder reads, too.
    idleSources.append(holder)
  }

  /// A connection to the source that reads the snapshot.
  func takeSource() async throws -> PostgresConnection {
    if let idle = idleSources.popLast() { return idle }
    let connection = try await openSource()
    guard let snapshot else { throw PostgresError(.misuse, "the copy has no snapshot") }
    try await connection.execute(
      """
      begin isolation level repeatable read read only;
      set transaction snapshot \(SQLLiteral.quote(snapshot.exported))
      """)
    return connection
  }

  /// A connection to the target that is set up for writing.
  func takeTarget() async throws -> PostgresConnection {
    if let idle = idleTargets.popLast() { return idle }
    let connection = try await PostgresConnection.connect(target, logger: logger)
    open.append(connection)
    try await TextForms.pin(connection)
    _ = try await TargetSession.prepare(connection, Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
    return connection
  }

  func giveBack(_ target: PostgresConnection) { idleTargets.append(target) }

  func giveBackSource(_ source: PostgresConnection) { idleSources.append(source) }

  /// Ends the reading of the source, so that its snapshot keeps nothing there any longer.
  func closeSources() async {
    for connection in idleSources { await connection.close() }
    idleSources = []
  }

  func close() async {
    for connection in open { await connection.close() }
    (open, idleSources, idleTargets) = ([], [], [])
  }
}
