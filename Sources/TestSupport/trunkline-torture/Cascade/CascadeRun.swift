import ArgumentParser
import CrashKit

/// `trunkline-torture cascade`
struct CascadeRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cascade",
    abstract: "Replicate tables over three nodes under faults, then compare every row of every node.",
    discussion: """
      Boots three private servers: a root, a branch and a leaf of one set, with a worker each and a ticker. Several writers work on
      tables that make it hard (unique values that are swapped, foreign keys, changed keys, wide values, partitions), and write
      down what was confirmed to them. Meanwhile workers, the ticker and servers are killed, sessions cut, the root is switched
      over, the leaf changes its provider, and tables are copied again.

      In the end all nodes must have the same rows, every confirmed row must be there once, and no index, constraint or trigger may be
      missing. Every decision follows from the seed. Exit status: 0: so it is; 1: it is not.
      """)

  @Option(help: "How long the load lasts: seconds, or with a unit (90s, 2m, 1h).")
  var duration = "60s"
  @Option(help: "Repeats the decisions of an earlier run.")
  var seed: UInt64?
  @Option(help: "The trunkline program. Default: the one beside this program.")
  var trunkline: String?
  @Option(help: "Number of writers.")
  var writers = 3

  func run() async throws {
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let milliseconds = try TortureRun.milliseconds(duration)
    print("torture of a cascade: seed \(seed), \(milliseconds / 1000) s")
    let nodes = try await CascadeNodes.boot(trunkline: trunkline ?? Cast.path(of: "trunkline"))
    var problems: [String]
    do {
      problems = try await torture(nodes, seed, milliseconds)
    } catch {
      problems = ["\(error)"]
    }
    if !problems.isEmpty { for line in await nodes.logTails() { print(line) } }
    await nodes.remove()
    guard problems.isEmpty else {
      for problem in problems { print("VIOLATION: \(problem)") }
      print("Again: trunkline-torture cascade --seed \(seed) --duration \(duration)")
      throw ExitCode.failure
    }
    print("Every promise was kept.")
  }

  private func torture(_ nodes: CascadeNodes, _ seed: UInt64, _ milliseconds: Int) async throws -> [String] {
    try await nodes.prepare()
    let work = (1...max(1, writers)).map { CascadeWriter(number: $0, seed: seed, nodes: nodes) }
    let confirmed: [Set<Int64>]
    let blows: CascadeBlows
    (confirmed, blows) = try await withThrowingTaskGroup(of: (Int, Set<Int64>).self) { group in
      for (index, writer) in work.enumerated() { group.addTask { (index, await writer.run()) } }
      var blows = CascadeBlows(seed: seed, nodes: nodes)
      let end = ContinuousClock.now + .milliseconds(milliseconds)
      do {
        while ContinuousClock.now < end { try await blows.strike() }
      } catch {
        group.cancelAll()
        throw error
      }
      group.cancelAll()
      var confirmed = [Set<Int64>](repeating: [], count: work.count)
      for try await (index, sequence) in group { confirmed[index] = sequence }
      return (confirmed, blows)
    }
    print(blows.summary)
    print("confirmed transactions: \(confirmed.map(\.count).reduce(0, +))")
    try await nodes.settle()
    return try await CascadeCheck(nodes: nodes, confirmed: confirmed).problems()
  }
}
