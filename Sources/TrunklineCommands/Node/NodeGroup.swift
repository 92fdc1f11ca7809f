import ArgumentParser

/// `trunkline node`
struct NodeGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Nodes of cascaded queues: create, look, move, take over.",
    discussion: """
      Several databases hold the same queue with the same ticks, so that a node can go on reading from any other. Every command
      with several steps may be broken off and run again: it goes on where it was. --dry-run shows the steps.
      """,
    subcommands: [
      NodeCreateRoot.self, NodeCreateBranch.self, NodeCreateLeaf.self, NodeSet.self, NodeStatus.self, NodeInfo.self,
      NodeMembers.self, NodePause.self, NodeResume.self, NodeWait.self, NodeChangeProvider.self, NodeTakeover.self,
      NodeResurrect.self, NodeTagDead.self, NodeTagAlive.self, NodeRename.self, NodeDrop.self,
    ])
}
