import EventFormats
import Foundation
import Glibc
import PostgresClient
import PostgresTesting
import TableComparison

/// The demo from beginning to end.
struct DemoRun: Sendable {
  let seconds: Int
  let scale: Int
  let rate: Int
  let keeps: Bool
  let logs: String
  let display: DemoDisplay

  func run() async throws -> DemoReport {
    display.step("Booting two private PostgreSQL servers")
    let servers = try await DemoServers.boot()
    do {
      let report = try await run(on: servers)
      try saveLogs(servers)
      if keeps {
        await servers.source.keep()
        await servers.target.keep()
      } else {
        await servers.source.remove()
        await servers.target.remove()
      }
      return report
    } catch {
      try? saveLogs(servers)
      await servers.source.remove()
      await servers.target.remove()
      display.note("failed; the logs are in \(logs)")
      throw error
    }
  }

  private func run(on servers: DemoServers) async throws -> DemoReport {
    display.step("Filling the source: pgbench -i -s \(scale)")
    try await servers.fill(scale: scale)
    display.step("Capturing \(DemoServers.tables.count) tables into queue \(DemoServers.queue)")
    try await servers.capture()
    let ticker = try start(["ticker", "--db", servers.sourceConnection, "--log-file", "\(logs)/ticker.log"])
    display.step("Load: pgbench, \(rate) transactions a second for \(seconds) s; copying and replicating meanwhile")
    let load = try PostgresTools(
      cluster: servers.source, database: DemoServers.sourceName, user: DemoServers.sourceName
    ).pgbench(["-n", "-c", "2", "-T", "\(seconds)", "-R", "\(rate)"]).start()
    let monitor = try await DemoMonitor(servers)
    let started = ContinuousClock.now
    let copyFrom = try await monitor.now()
    var worker = try startWorker(servers)
    try await pollUntil("the copy to end", timeout: .seconds(60), interval: .milliseconds(50)) {
      try assertRunning(ticker, "ticker")
      try await monitor.probe()
      return try await monitor.hasBegun()
    }
    let copyTo = try await monitor.now()
    display.note("initial copy done after \(seconds(since: started)) s")

    try await watch(monitor, until: started + .seconds(seconds / 2), ticker)
    let killFrom = try await monitor.now()
    worker.send(signal: SIGKILL)
    _ = try await worker.waitForExit()
    display.note("worker killed with SIGKILL; events pile up for a second")
    try await sendProbes(monitor, until: .now + .seconds(1))
    worker = try startWorker(servers)
    try await pollUntil("the worker to catch up", timeout: .seconds(60), interval: .milliseconds(50)) {
      try await monitor.probe()
      return try await monitor.isCloseBehind()
    }
    let killTo = try await monitor.now()
    display.note("a new worker has caught up")

    try await watch(monitor, until: started + .seconds(seconds), ticker)
    let status = try await load.waitForExit()
    guard status == 0 else { throw CommandError("pgbench failed: \(load.standardError)") }
    let eventsOfLoad = try await monitor.sample()?.events ?? 0
    display.step("Load stopped; waiting until everything has arrived")
    try await monitor.probe()
    try await pollUntil("everything to arrive", timeout: .seconds(60)) { try await monitor.hasDrained() }

    display.step("Comparing every table by content")
    var report = DemoReport()
    report.tables = try await compare(servers)
    report.events = try await monitor.sample()?.events ?? 0
    report.rate = Double(eventsOfLoad) / Double(seconds)
    report.latency = try await monitor.latencies(outside: [(copyFrom, copyTo), (killFrom, killTo)])
    report.transactions =
      load.standardOutput.split(separator: "\n")
      .first { $0.hasPrefix("number of transactions actually") }.map(String.init) ?? ""
    report.logs = logs
    if keeps { report.lookAround = lookAround(servers) }
    try await worker.terminate()
    try await ticker.terminate()
    return report
  }

  /// Sends probes and draws progress until the given time.
  private func watch(
    _ monitor: DemoMonitor, until end: ContinuousClock.Instant, _ ticker: RunningProgram
  ) async throws {
    var nextLine = ContinuousClock.now + .seconds(1)
    while ContinuousClock.now < end {
      try await monitor.probe()
      try await Task.sleep(for: .milliseconds(50))
      guard ContinuousClock.now >= nextLine else { continue }
      nextLine += .seconds(display.isTerminal ? 1 : 2)
      try assertRunning(ticker, "ticker")
      guard let sample = try await monitor.sample() else { continue }
      display.progress(
        "\(DemoReport.number(sample.rate)) events/s   \(sample.events) events in all   "
          + "lag \(DemoReport.number(sample.lag * 1000)) ms   last tick \(sample.lastTick)")
    }
  }

  /// Writes probe rows, twenty a second.
  private func sendProbes(_ monitor: DemoMonitor, until end: ContinuousClock.Instant) async throws {
    while ContinuousClock.now < end {
      try await monitor.probe()
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func startWorker(_ servers: DemoServers) throws -> RunningProgram {
    try start([
      "replicate", "--db", servers.sourceConnection, "--target", servers.targetConnection, "--queue", DemoServers.queue,
      "--copy", "--log-file", "\(logs)/replicate.log",
    ])
  }

  private func start(_ arguments: [String]) throws -> RunningProgram {
    try Program([CurrentExecutable.path] + arguments).start()
  }

  private func assertRunning(_ program: RunningProgram, _ name: String) throws {
    guard program.isRunning else { throw CommandError("the \(name) ended: \(program.standardError)") }
  }

  private func compare(_ servers: DemoServers) async throws -> [TableDifference] {
    let source = try await PostgresConnection.connect(PostgresConfiguration(servers.sourceConnection))
    let target = try await PostgresConnection.connect(PostgresConfiguration(servers.targetConnection))
    var differences: [TableDifference] = []
    for table in DemoServers.tables {
      let comparison = TableComparison(table: ComparedTable(try QualifiedName(schema: "public", name: table)))
      differences.append(try await comparison.run(source, target))
    }
    return differences
  }

  private func saveLogs(_ servers: DemoServers) throws {
    for (cluster, name) in [(servers.source, "source-server.log"), (servers.target, "target-server.log")] {
      let destination = "\(logs)/\(name)"
      try? FileManager.default.removeItem(atPath: destination)
      try FileManager.default.copyItem(atPath: cluster.logPath, toPath: destination)
    }
  }

  private func lookAround(_ servers: DemoServers) -> [String] {
    [
      "psql \"\(servers.sourceConnection)\" -c \"select * from pgq.get_queue_info()\"",
      "psql \"\(servers.sourceConnection)\" -c \"select * from pgq.get_consumer_info()\"",
      "psql \"\(servers.targetConnection)\" -c \"select * from trunkline.position\"",
      "stop them: kill $(head -1 \(servers.source.dataDirectory)/postmaster.pid) "
        + "$(head -1 \(servers.target.dataDirectory)/postmaster.pid)",
    ]
  }

  private func seconds(since start: ContinuousClock.Instant) -> String {
    DemoReport.number((ContinuousClock.now - start) / .seconds(1))
  }
}

/// The program that runs now, to run it again with other arguments.
enum CurrentExecutable {
  static let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "trunkline"
}
