import ArgumentParser
import NodeCascade

/// `trunkline node takeover`
struct NodeTakeover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "takeover",
    abstract: "Put this node in the place of another: switch the root over, or replace a node that is lost.",
    discussion: """
      The node of --db takes the place of OLD. If OLD is the root and alive, that is a switchover: writes to replicated tables fail on OLD
      from the first step on, no committed change is lost, and OLD becomes a branch of this node. With --dead OLD is lost: this
      node first catches up with whoever got furthest. Applications are not redirected. A node that lacks tables of the set does not
      become the root.

      EXAMPLE
        trunkline node takeover --db dbname=copy main --dry-run
        trunkline node takeover --db dbname=copy main --dead
      """,
    aliases: ["switchover"])

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "OLD is lost and does not answer.")
  var dead = false

  @Flag(help: "Let all nodes that read from OLD read from this one. A dead root's always do.")
  var all = false

  @Flag(help: "Become the root without all tables of the set, and without leaves that fill the queue.")
  var force = false

  @Flag(help: "After a dead root: go on although leaves have changes that no branch has.")
  var acceptLeavesAhead = false

  @Argument(help: "The node whose place is taken.")
  var old: String

  func run() async throws {
    try await cascade.withCascade(connection) { cascade in
      let new = try await cascade.localNode()
      let snapshot = try await cascade.look()
      if dead {
        // only a root feeds without being fed
        let isRoot = snapshot.providers(of: old).isEmpty
        if isRoot || snapshot.nodes[new]?.gravestones[old] != nil {
          try await carryOut(
            DeadRootTakeover(of: old, by: new, acceptsLeavesAhead: acceptLeavesAhead, isForced: force), snapshot,
            cascade)
        } else {
          try await carryOut(
            BranchTakeover(of: old, by: new, movesSubscribers: all, isDead: true), snapshot, cascade)
        }
      } else if snapshot.nodes[old]?.type == .root || snapshot.nodes[new]?.type == .root {
        try await carryOut(
          Switchover(from: old, to: new, movesSubscribers: all, isForced: force), snapshot, cascade)
      } else {
        try await carryOut(BranchTakeover(of: old, by: new, movesSubscribers: all), snapshot, cascade)
      }
    }
  }

  private func carryOut(_ operation: some CascadePlan, _ snapshot: CascadeSnapshot, _ cascade: Cascade) async throws {
    if plan.dryRun {
      try plan.show(try snapshot.steps(of: operation), output)
    } else {
      try await plan.carryOut(operation, cascade, self.cascade, output)
    }
  }
}
