import ArgumentParser
import Foundation
import PostgresClient
import PostgresTesting
import SchemaInstaller

/// The server under torture: a private one behind a proxy, or somebody's, on which two databases are ours.
struct TortureServer: Sendable {
  static let queue = "torture"

  /// For the programs under torture: through the proxy, if there is one.
  let database: String
  let target: String
  /// For this program.
  let direct: String
  private let administration: String
  private let names: [String]
  private let cluster: PrivateCluster?
  private let proxy: TCPProxy?
  let hasLanes: Bool

  var isPrivate: Bool { cluster != nil }

  static func prepare(_ db: String?, seed: UInt64, sabotage: String?) async throws -> TortureServer {
    let name = "trunkline_torture_\(seed)_\(ProcessInfo.processInfo.processIdentifier)"
    if let db {
      return try await prepare(
        names: [name, name + "_target"], administration: db, cluster: nil, proxy: nil, sabotage,
        direct: { try with(database: $0, db) }, proxied: { try with(database: $0, db) })
    }
    let cluster = try await PrivateCluster.boot(ClusterConfiguration(durable: true))
    do {
      let proxy = try TCPProxy(to: cluster)
      return try await prepare(
        names: ["torture", "torture_target"], administration: cluster.connectionString(), cluster: cluster,
        proxy: proxy,
        sabotage, direct: { cluster.connectionString(database: $0) },
        proxied: { cluster.tcpConnectionString(database: $0, port: proxy.port) })
    } catch {
      await cluster.remove()
      throw error
    }
  }

  private static func prepare(
    names: [String], administration: String, cluster: PrivateCluster?, proxy: TCPProxy?, _ sabotage: String?,
    direct: (String) throws -> String, proxied: (String) throws -> String
  ) async throws -> TortureServer {
    try await execute(names.map { "create database \"\($0)\"" }, administration)
    do {
      for name in names {
        let connection = try await PostgresConnection.connect(PostgresConfiguration(try direct(name)))
        try await SchemaInstaller().install(on: connection)
        try await connection.execute(tables)
        await connection.close()
      }
      let script = try sabotage.map { try String(contentsOfFile: $0, encoding: .utf8) } ?? ""
      try await execute([script] + registrations, try direct(names[0]))
      var hasLanes = true
      do { try await execute(lanes, try direct(names[0])) } catch { hasLanes = false }
      return TortureServer(
        database: try proxied(names[0]), target: try proxied(names[1]), direct: try direct(names[0]),
        administration: administration, names: names, cluster: cluster, proxy: proxy, hasLanes: hasLanes)
    } catch {
      try? await execute(names.map { "drop database if exists \"\($0)\" with (force)" }, administration)
      throw error
    }
  }

  /// The same connection string with another database: whatever comes last wins, in both forms.
  static func with(database: String, _ text: String) throws -> String {
    guard text.contains("://") else { return "\(text) dbname='\(database)'" }
    return text + (text.contains("?") ? "&" : "?") + "dbname=\(database)"
  }

  private static let tables = """
    create table torture_mark (producer int, number int, primary key (producer, number));
    create table torture_effect (id bigserial primary key, consumer text, event text, key text);
    """

  private static let registrations =
    [
      "select pgq.create_queue('\(queue)')",
      "select pgq.set_queue_config('\(queue)', 'rotation_period', '1 second')",
      "select trunkline.set_member_timeout('\(queue)', 'group', '2 seconds')",
    ]
    + ["reader", "retrier", "effect", "mirror", "receiver"].map { "select pgq.register_consumer('\(queue)', '\($0)')" }
    + ["m1", "m2", "m3"].map { "select pgq_coop.register_subconsumer('\(queue)', 'group', '\($0)')" }

  private static let lanes = [
    """
    begin;
    select trunkline.register('\(queue)', 'lanes');
    select trunkline.set_consumer('\(queue)', 'lanes', 'lanes', '4');
    select trunkline.set_consumer('\(queue)', 'lanes', 'lease_time', '2 seconds');
    commit
    """
  ]

  static func execute(_ statements: [String], _ connectionString: String) async throws {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(connectionString))
    do {
      for statement in statements { try await connection.execute(statement) }
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  // MARK: Faults

  /// Resets every connection of the programs under torture.
  func cutConnections() async throws {
    if let proxy { return proxy.cut() }
    try await Self.execute(
      [
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname in (\(names.map { "'\($0)'" }.joined(separator: ", "))) and pid <> pg_backend_pid()
        """
      ], direct)
  }

  func pauseConnections() { proxy?.pause() }

  func resumeConnections() { proxy?.resume() }

  func refuseConnections(_ refuses: Bool) {
    proxy?.refuse(refuses)
    if refuses { proxy?.cut() }
  }

  func crash() async throws { try await cluster?.restart(.immediate) }

  /// Removes what was made.
  func remove(keep: Bool) async {
    proxy?.stop()
    if let cluster {
      await cluster.remove()
    } else if keep {
      print("torture: databases \(names.joined(separator: ", ")) are left")
    } else {
      do {
        try await Self.execute(names.map { "drop database if exists \"\($0)\" with (force)" }, administration)
      } catch {
        print("torture: please drop the databases \(names.joined(separator: ", ")) yourself: \(error)")
      }
    }
  }
}
