import ArgumentParser
import Foundation
import PostgresTesting
import ServiceRuntime

/// `trunkline demo`
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Three private servers, live load, copy, replicate, kill, switch over, compare, report.",
    discussion: """
      Boots three servers of its own (works as root, too): a shop, a copy of it, and a warehouse that reads from the copy.
      Fills the shop with pgbench, makes them nodes of one set, copies the tables while pgbench writes, replicates, kills a
      worker in the middle with SIGKILL and starts it again, lets the copy take the shop's place under load, and finally
      compares every table of every node by content. Exit status 2 if anything differs.

      EXAMPLE
        trunkline demo
      """)

  @Option(help: "How long pgbench writes, in seconds.")
  var seconds = 30

  @Option(help: "pgbench's scale: 100,000 accounts each.")
  var scale = 5

  @Option(help: "Transactions a second that pgbench aims at; each makes four events.")
  var rate = 400

  @Option(help: "Directory for the logs.")
  var logs: String?

  @Flag(help: "Leave the servers running and say how to look around.")
  var keep = false

  func validate() throws {
    guard (5...3600).contains(seconds) else { throw ValidationError("--seconds must be 5 to 3600") }
    guard (1...1000).contains(scale) else { throw ValidationError("--scale must be 1 to 1000") }
    guard rate > 0 else { throw ValidationError("--rate must be at least 1") }
  }

  func run() async throws {
    let directory = logs ?? "/tmp/trunkline-demo-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let report = try await DemoRun(
      seconds: seconds, scale: scale, rate: rate, keeps: keep, logs: directory, display: DemoDisplay()
    ).run()
    StandardStreams.write(report.text)
    if report.differences > 0 {
      throw CommandError("\(report.differences) rows differ: this must not happen", exitCode: .differences)
    }
  }
}
