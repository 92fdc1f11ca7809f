extension Diagnosis {
  static let nodeChecks = [
    Check(
      name: "node", passed: "the node's worker works and is not paused", needs: ["nodes", "pgq_node."], find: workers),
    Check(
      name: "lost nodes", passed: "no events are kept for nodes that are lost", needs: ["nodes", "pgq_node."],
      find: lostNodes),
    Check(
      name: "tables of the set", passed: "every replicated table is in sync", needs: ["nodes", "londiste."],
      find: tables),
  ]

  private static func workers(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.nodes.flatMap { node -> [Finding] in
      let place = "node \(node.name) of queue \(node.queue)"
      let queue = CommandText.shell(node.queue)
      var findings: [Finding] = []
      if let error = node.error {
        findings.append(
          Finding(
            "node", .error, place, "the worker of \(place) stopped: \(String(error.prefix(500)))",
            cause:
              "Nothing is skipped: it stands at tick \(node.lastTick) and tries again, and \(node.provider) keeps its events.",
            remedy: "Mend what the error says; a worker that still runs then goes on by itself.",
            commands: ["trunkline node status --queue \(queue)"]))
      }
      if node.isPaused {
        findings.append(
          Finding(
            "node", .warning, place,
            "\(place) is paused\(node.isUpToDate ? "" : ", which its worker has not confirmed")",
            cause: "It gets no changes, and its provider keeps them all.",
            remedy:
              "Find out who paused it: a command that was broken off goes on when it is run again. Otherwise let it go on.",
            commands: ["trunkline node resume --queue \(queue) \(CommandText.shell(node.name))"]))
      } else if !node.isUpToDate, node.error == nil {
        findings.append(
          Finding(
            "node", .warning, place, "the worker of \(place) has not confirmed what it was asked",
            cause: "It does not run, or is in the middle of a long batch.",
            remedy: "See whether the worker runs, and what it does.",
            commands: ["trunkline node status --queue \(queue)"]))
      }
      if node.type == "root", node.refusesInserts {
        findings.append(
          Finding(
            "node", .error, place, "\(place) is the root, and takes no changes",
            cause: "Writes to replicated tables fail. A switchover was broken off, or is under way.",
            remedy: "Run the switchover again, on the node that is to be the root: it goes on from where it was.",
            commands: ["trunkline node takeover --queue \(queue) \(CommandText.shell(node.name)) --dry-run"]))
      }
      return findings
    }
  }

  private static func lostNodes(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.nodes.flatMap { node -> [Finding] in
      let queue = CommandText.shell(node.queue)
      let dead = node.deadSubscribers.map { name in
        Finding(
          "lost nodes", .warning, "node \(name) of queue \(node.queue)",
          "node \(name) is tagged as dead, and node \(node.name) keeps all events since it was lost",
          cause: "It is still subscribed: event tables grow until it is dropped or back.",
          remedy: "If it is gone for good, drop it; if it is there again, say so.",
          commands: [
            "trunkline node drop --queue \(queue) \(CommandText.shell(name))",
            "trunkline node tag-alive --queue \(queue) \(CommandText.shell(name))",
          ])
      }
      let gravestones = node.gravestones.map { name in
        Finding(
          "lost nodes", .warning, "node \(name) of queue \(node.queue)",
          "node \(node.name) keeps all events since root \(name) was lost",
          cause: "They are for its return: event tables grow until then.",
          remedy:
            "When its database is there again, run there: trunkline node resurrect. Or give it up, and drop the node.",
          commands: [
            "trunkline consumer unregister \(queue) \(CommandText.shell(name + ".gravestone"))"
          ])
      }
      return dead + gravestones
    }
  }

  private static func tables(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    let stopped = snapshot.nodes.flatMap { node in
      node.copyErrors.map { error in
        Finding(
          "tables of the set", .error, "node \(node.name) of queue \(node.queue)",
          "a copy on node \(node.name) stands still: \(String(error.prefix(500)))",
          cause: "It is tried again, and keeps what it has; the other tables go on.",
          remedy: "Mend what the error says; the copy then goes on by itself.",
          commands: ["trunkline table list --queue \(CommandText.shell(node.queue))"])
      }
    }
    return stopped
      + snapshot.nodes.filter { !$0.unfinishedTables.isEmpty }.map { node in
        let names = node.unfinishedTables
        return Finding(
          "tables of the set", .notice, "node \(node.name) of queue \(node.queue)",
          "\(names.count) tables of node \(node.name) are not in sync: "
            + names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : ""),
          cause: "They are being copied, or wait for that; changes of them follow when they are.",
          remedy: "Wait. If the states do not change, see what the worker says.",
          commands: ["trunkline node status --queue \(CommandText.shell(node.queue))"])
      }
  }
}
