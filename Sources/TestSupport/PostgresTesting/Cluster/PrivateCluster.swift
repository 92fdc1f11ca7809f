import Foundation
import Glibc

/// A private PostgreSQL server: its own data directory, its own socket, gone without trace when this process ends.
///
/// It works as root too (the server then runs as an unprivileged user). A watchdog process stops the server and removes the
/// directory when this process ends in any way, SIGKILL included, unless `keep()` was called.
public actor PrivateCluster {
  /// How to stop a server.
  public enum StopMode: Sendable {
    /// Sessions are ended, everything is written out.
    case fast
    /// Like a crash of the server: recovery follows at the next start.
    case immediate
  }

  /// The installation that the cluster runs on.
  public nonisolated let binaries: PostgresBinaries
  /// What it was asked to be.
  public nonisolated let configuration: ClusterConfiguration
  /// Port number of the socket, and of TCP on 127.0.0.1 when that was asked for.
  public nonisolated let port: Int
  nonisolated let directory: ClusterDirectory

  private let account: ServerAccount
  private let watchdog: Watchdog
  private var server: ChildProcess?

  /// Makes the cluster's files (initdb) without starting it.
  /// - Throws: `ClusterError` or `ProgramError` that says what is missing.
  public init(_ configuration: ClusterConfiguration = ClusterConfiguration()) async throws {
    _ = Self.sweepOnce
    let binaries = try configuration.binaries ?? PostgresBinaries.installed()
    let account = try ServerAccount.current()
    let port = configuration.tcp ? try FreePort.find() : 5432
    let directory = try ClusterDirectory.create(for: account)
    self.configuration = configuration
    self.binaries = binaries
    self.account = account
    self.directory = directory
    self.port = port
    do {
      watchdog = try Watchdog(script: Self.farewell, arguments: [directory.path])
    } catch {
      directory.remove()
      throw error
    }
    do {
      try await Self.initialize(configuration, binaries, account, directory, port)
    } catch {
      directory.remove()
      throw error
    }
  }

  /// Makes and starts a cluster.
  public static func boot(_ configuration: ClusterConfiguration = ClusterConfiguration()) async throws -> PrivateCluster
  {
    let cluster = try await PrivateCluster(configuration)
    do {
      try await cluster.start()
    } catch {
      await cluster.remove()
      throw error
    }
    return cluster
  }

  /// Boots a cluster, lends it to `body`, and removes it.
  public static func with<Result: Sendable>(
    _ configuration: ClusterConfiguration = ClusterConfiguration(),
    _ body: (PrivateCluster) async throws -> Result
  ) async throws -> Result {
    let cluster = try await boot(configuration)
    do {
      let result = try await body(cluster)
      await cluster.remove()
      return result
    } catch {
      await cluster.remove()
      throw error
    }
  }

  /// Path of the server's log.
  public nonisolated var logPath: String { directory.log }

  /// Path of the data directory, for files that a test must place there before a start.
  public nonisolated var dataDirectory: String { directory.data }

  /// The cluster's own directory; holds the socket.
  public nonisolated var path: String { directory.path }

  /// Process id of the server, nil when it does not run.
  public var serverProcess: Int32? {
    guard let server, server.ending == nil else { return nil }
    return server.pid
  }

  /// Starts the server and waits until it accepts connections.
  /// - Throws: `ClusterError` with the end of the log when it does not come up.
  public func start(timeout: Duration = .seconds(60)) async throws {
    guard serverProcess == nil else { return }
    var streams = ChildProcess.Streams()
    streams.output = directory.log
    streams.error = directory.log
    let child = try ChildProcess(
      account.commandPrefix + [binaries.path("postgres"), "-D", directory.data],
      environment: Self.environment, directory: directory.path, streams: streams)
    server = child
    let directory = directory
    do {
      try await pollUntil("the server to start", timeout: timeout, interval: .milliseconds(5)) {
        if let ending = child.ending { throw ClusterError("server ended at start (\(ending)):\n\(directory.logTail)") }
        return directory.postmaster.map { $0.pid == child.pid && $0.state == "ready" } ?? false
      }
    } catch let error as PollTimeout {
      throw ClusterError("\(error):\n\(directory.logTail)")
    }
  }

  /// Stops the server and waits for its end. Does nothing when it does not run.
  public func stop(_ mode: StopMode = .fast) async {
    await end(signal: mode == .fast ? SIGINT : SIGQUIT)
  }

  /// Kills the server's main process with SIGKILL and waits until none of its processes is left.
  public func kill() async {
    await end(signal: SIGKILL)
  }

  /// Stops and starts the server.
  public func restart(_ mode: StopMode = .fast) async throws {
    await stop(mode)
    try await start()
  }

  /// Makes the server read its configuration files again.
  public func reload() {
    server?.send(signal: SIGHUP)
  }

  /// Stops the server and removes every file. The cluster cannot be used any more.
  public func remove() async {
    await end(signal: SIGQUIT)
    directory.remove()
    watchdog.release()
  }

  /// Leaves the server running, and its files in place, after the end of this process.
  public func keep() {
    try? FileManager.default.removeItem(atPath: directory.owner)
    watchdog.release()
  }

  private func end(signal: Int32) async {
    guard let server else { return }
    server.send(signal: signal)
    _ = await server.waitForEnd()
    self.server = nil
    // After a crash the other processes notice one by one; a server started before that refuses to run.
    let directory = directory
    try? await pollUntil("server processes to end", timeout: .seconds(20)) { directory.processes.isEmpty }
  }
}

extension PrivateCluster {
  private static let sweepOnce: Void = StaleClusters.sweep()

  /// What the watchdog does: stop the server if it is really ours, then remove the directory.
  private static let farewell = """
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
    if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; then
      kill -QUIT "$pid"
      i=0
      while [ -e "$1/data/postmaster.pid" ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done
      kill -KILL "$pid" 2>/dev/null
    fi
    rm -rf "$1"
    """

  /// Servers get a neutral environment: nothing of the caller's locale or PG* variables.
  private static var environment: [String: String] {
    var result = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
    if let path = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] { result["LD_LIBRARY_PATH"] = path }
    return result
  }

  private static func initialize(
    _ configuration: ClusterConfiguration, _ binaries: PostgresBinaries, _ account: ServerAccount,
    _ directory: ClusterDirectory, _ port: Int
  ) async throws {
    var program = Program(
      account.commandPrefix
        + [
          binaries.path("initdb"), "-D", directory.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C",
          "--no-sync",
        ] + configuration.initdbArguments,
      directory: directory.path)
    program.environment = environment
    _ = try await program.runChecked()
    let settings = configuration.serverSettings(socketDirectory: directory.path, port: port)
    try append(settings, to: "\(directory.data)/postgresql.conf")
    if let authentication = configuration.authentication {
      try Data(authentication.map { "\($0)\n" }.joined().utf8).write(to: URL(filePath: "\(directory.data)/pg_hba.conf"))
    }
  }

  private static func append(_ text: String, to path: String) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }
}
