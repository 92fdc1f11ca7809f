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

  private var programs: DemoPrograms { DemoPrograms(logs: logs) }

  func run() async throws -> DemoReport {
    display.step("Booting three private PostgreSQL servers: shop, copy, warehouse")
    let nodes = try await DemoNodes.boot()
    do {
      let report = try await run(on: nodes)
      try saveLogs(nodes)
      await nodes.end(keeping: keeps)
      return report
    } catch {
      try? saveLogs(nodes)
      await nodes.end(keeping: false)
      display.note("failed; the logs are in \(logs)")
      throw error
    }
  }

  private func run(on nodes: DemoNodes) async throws -> DemoReport {
    display.step("Filling the shop: pgbench -i -s \(scale)")
    try await nodes.fill(scale: scale)
    display.step(
      "Making nodes: shop is the root, copy a branch that reads from it, warehouse a leaf that reads from copy")
    try await makeNodes(nodes)
    let ticker = try programs.startTicker(nodes)
    var workers: [String: RunningProgram] = [:]
    for node in nodes.all { workers[node.name] = try programs.startWorker(node) }
    let monitor = try await DemoMonitor(nodes)
    var report = DemoReport()

    display.step("Load: pgbench, \(rate) transactions a second; copying tables to both nodes meanwhile")
    let started = ContinuousClock.now
    let firstLoad = try DemoLoad(on: nodes.shop, rate: rate, seconds: seconds * 10)
    for node in [nodes.copy, nodes.warehouse] { try await addTables(to: node, started) }
    try await nodes.watchProbes()
    let copied = try await monitor.now()
    var disturbed: [(from: String, to: String)] = []
    try await watch(monitor, for: .seconds(seconds / 3), ticker)

    let killed = try await monitor.now()
    workers["copy"]?.send(signal: SIGKILL)
    display.note("worker of copy killed with SIGKILL; events pile up for a second")
    try await sendProbes(monitor, for: .seconds(1))
    workers["copy"] = try programs.startWorker(nodes.copy)
    try await catchUp(monitor, "a new worker has caught up")
    disturbed.append((killed, try await monitor.now()))
    try await watch(monitor, for: .seconds(seconds / 3), ticker)
    report.rate = try await monitor.sample().rate

    display.step("Switchover: copy becomes the root while pgbench writes; shop refuses writes from then on")
    let switched = try await monitor.now()
    let refused = Task { [firstLoad] in
      let transactions = try await firstLoad.endByRefusal()
      return (transactions, ContinuousClock.now)
    }
    try await programs.run(["node", "takeover", "--db", nodes.copy.connection, "--queue", DemoNodes.queue, "shop"])
    let isBack = ContinuousClock.now
    let (transactions, wasRefused) = try await refused.value
    report.standstill = (isBack - wasRefused) / .milliseconds(1)
    report.transactions = transactions
    try await monitor.follow(nodes.copy)
    let load = try DemoLoad(on: nodes.copy, rate: rate, seconds: max(1, seconds / 3))
    display.note("shop reads from copy now, pgbench writes there")
    try await catchUp(monitor, "the warehouse is close behind")
    disturbed.append((switched, try await monitor.now()))
    try await watch(monitor, for: .seconds(max(1, seconds / 3)), ticker)
    report.transactions += try await load.finish()

    display.step("Load stopped; waiting until everything has arrived everywhere")
    try await monitor.probe()
    try await pollUntil("everything to arrive", timeout: .seconds(60)) { try await monitor.hasDrained() }
    try await programs.run(["node", "wait", "--root", "--db", nodes.shop.connection, "--queue", DemoNodes.queue])

    display.step("Comparing every table of every node with the root, by content")
    report.lines = try await compare(nodes)
    report.events = try await monitor.sample().events
    report.latency = try await monitor.latencies(after: copied, outside: disturbed)
    report.logs = logs
    if keeps { report.lookAround = lookAround(nodes) }
    for worker in workers.values { try await worker.terminate() }
    try await ticker.terminate()
    return report
  }

  private func makeNodes(_ nodes: DemoNodes) async throws {
    let queue = ["--queue", DemoNodes.queue]
    try await programs.run(["node", "create-root", "--db", nodes.shop.connection] + queue + ["shop"])
    try await programs.run(
      ["node", "create-branch", "--db", nodes.copy.connection] + queue
        + ["copy", "--provider", nodes.shop.connection])
    try await programs.run(
      ["node", "create-leaf", "--db", nodes.warehouse.connection] + queue
        + ["warehouse", "--provider", nodes.copy.connection])
    try await programs.run(["table", "add", "--db", nodes.shop.connection] + queue + Self.names)
  }

  private static let names = DemoNodes.tables.map { "public.\($0)" }

  /// Makes the tables on a node and waits until its worker has copied them.
  private func addTables(to node: DemoNodes.Node, _ started: ContinuousClock.Instant) async throws {
    try await programs.run(
      ["table", "add", "--db", node.connection, "--queue", DemoNodes.queue, "--create-full", "--wait-sync"] + Self.names
    )
    display.note("\(node.name) has copied \(Self.names.count) tables, \(seconds(since: started)) s after pgbench began")
  }

  /// Sends probes and draws progress for a while.
  private func watch(_ monitor: DemoMonitor, for time: Duration, _ ticker: RunningProgram) async throws {
    let end = ContinuousClock.now + time
    var nextLine = ContinuousClock.now + .seconds(1)
    while ContinuousClock.now < end {
      try await monitor.probe()
      try await Task.sleep(for: .milliseconds(50))
      guard ContinuousClock.now >= nextLine else { continue }
      nextLine += .seconds(display.isTerminal ? 1 : 2)
      guard ticker.isRunning else { throw CommandError("the ticker ended: \(ticker.standardError)") }
      let sample = try await monitor.sample()
      display.progress(
        "\(DemoReport.number(sample.rate)) events/s   \(sample.events) events in all   "
          + "lag of the warehouse \(DemoReport.number(sample.lag * 1000)) ms   tick \(sample.lastTick)")
    }
  }

  private func catchUp(_ monitor: DemoMonitor, _ note: String) async throws {
    try await pollUntil("the nodes to catch up", timeout: .seconds(60), interval: .milliseconds(50)) {
      try await monitor.probe()
      return try await monitor.isCloseBehind()
    }
    display.note(note)
  }

  /// Writes probe rows, twenty a second.
  private func sendProbes(_ monitor: DemoMonitor, for time: Duration) async throws {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      try await monitor.probe()
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func compare(_ nodes: DemoNodes) async throws -> [DemoReport.Line] {
    let root = try await PostgresConnection.connect(PostgresConfiguration(nodes.copy.connection))
    var lines: [DemoReport.Line] = []
    for node in [nodes.shop, nodes.warehouse] {
      let other = try await PostgresConnection.connect(PostgresConfiguration(node.connection))
      for table in DemoNodes.tables {
        var compared = ComparedTable(try QualifiedName(schema: "public", name: table))
        compared.ignored = ["arrived"]
        let difference = try await TableComparison(table: compared).run(root, other)
        lines.append(.init(node: node.name, difference: difference))
      }
      await other.close()
    }
    await root.close()
    return lines
  }

  private func saveLogs(_ nodes: DemoNodes) throws {
    for node in nodes.all {
      let destination = "\(logs)/\(node.name)-server.log"
      try? FileManager.default.removeItem(atPath: destination)
      try FileManager.default.copyItem(atPath: node.cluster.logPath, toPath: destination)
    }
  }

  private func lookAround(_ nodes: DemoNodes) -> [String] {
    let processes = nodes.all.map { "$(head -1 \($0.cluster.dataDirectory)/postmaster.pid)" }
    return [
      "\(CurrentExecutable.path) node status --db \"\(nodes.copy.connection)\"",
      "\(CurrentExecutable.path) doctor --db \"\(nodes.copy.connection)\"",
      "psql \"\(nodes.warehouse.connection)\"",
      "stop them: kill \(processes.joined(separator: " "))",
    ]
  }

  private func seconds(since start: ContinuousClock.Instant) -> String {
    DemoReport.number((ContinuousClock.now - start) / .seconds(1))
  }
}
