import CrashKit
import Glibc
import PostgresTesting

/// What happens to the nodes, one thing after another: decided by the seed.
struct CascadeBlows {
  private var random: SeededGenerator
  private let nodes: CascadeNodes
  private var counts: [String: Int] = [:]
  private var failures: [String: Int] = [:]

  init(seed: UInt64, nodes: CascadeNodes) {
    random = SeededGenerator(seed: seed, purpose: "blows")
    self.nodes = nodes
  }

  /// How often what happened, for people to read.
  var summary: String {
    counts.sorted { $0.key < $1.key }.map { name, count in
      "\(name): \(count)" + (failures[name].map { " (\($0) broken off, done again later)" } ?? "")
    }.joined(separator: ", ")
  }

  /// Waits for a moment and strikes.
  ///
  /// - Throws: `CascadeTrouble` when something that must go on does not.
  mutating func strike() async throws {
    try await Task.sleep(for: .milliseconds(Int.random(in: 100...1500, using: &random)))
    let node = CascadeNodes.names.randomElement(using: &random) ?? "a"
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<35:
      count("kill of a worker")
      try await nodes.kill(worker: node)
    case 35..<43:
      count("two workers")
      try await nodes.double(worker: node)
    case 43..<50:
      count("kill of the ticker")
      try await nodes.killTicker()
    case 50..<60:
      count("crash of a server")
      try await nodes.crash(node)
    case 60..<72:
      count("cut of sessions")
      try await nodes.cutSessions(node)
    case 72..<82:
      let provider = random.chance(50) ? "a" : "b"
      await attempt("change of provider", ["node", "change-provider", "--provider", provider], on: "c")
    case 82..<92: try await switchOver(breaksOff: random.chance(40))
    default:
      let table = CascadeTables.names.randomElement(using: &random) ?? CascadeTables.names[0]
      let node = random.chance(50) || nodes.root == "b" ? "c" : "b"
      await attempt("new copy of a table", ["table", "resync", table], on: node)
    }
  }

  private mutating func count(_ name: String) { counts[name, default: 0] += 1 }

  /// Something that a person would do again if it failed; what it leaves undone must do no harm.
  private mutating func attempt(_ name: String, _ arguments: [String], on node: String) async {
    count(name)
    do {
      try await nodes.run(Array(arguments.prefix(2)) + options(node) + arguments.dropFirst(2))
    } catch {
      failures[name, default: 0] += 1
    }
  }

  /// The other one of a and b becomes the root; until it is, there may be no node that takes writes.
  private mutating func switchOver(breaksOff: Bool) async throws {
    count("switchover")
    let old = nodes.root
    let new = old == "a" ? "b" : "a"
    let command = ["node", "takeover"] + options(new) + [old]
    if breaksOff {
      failures["switchover", default: 0] += 1
      let running = try await nodes.start(command)
      try await Task.sleep(for: .milliseconds(Int.random(in: 50...800, using: &random)))
      running.send(signal: SIGKILL)
      _ = try await running.waitForExit()
    }
    var last: (any Error)?
    for _ in 0..<5 {
      do {
        try await nodes.run(command)
        nodes.root = new
        return
      } catch {
        last = error
        // refused, for a table is being copied there: before it has begun, that ends by itself
        if "\(error)".contains("not in sync") {
          try await nodes.run(["table", "wait-sync"] + options(new) + ["--timeout", "120s"])
        }
      }
    }
    throw CascadeTrouble("the switchover from \(old) to \(new) does not come to its end: \(last.map { "\($0)" } ?? "")")
  }

  private func options(_ node: String) -> [String] {
    ["--db", nodes.connection(node), "--queue", CascadeNodes.queue]
  }
}
