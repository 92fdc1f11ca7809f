extension Diagnosis {
  static let queueChecks = [
    Check(
      name: "queue settings", passed: "every queue accepts events and gets ticks", needs: ["queues", "pgq.queue"],
      find: settings),
    Check(
      name: "no consumer", passed: "every queue with events has a consumer",
      needs: ["consumers", "sizes of event", "pgq.queue"], find: unread),
  ]

  private static func settings(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.queues.flatMap { queue -> [Finding] in
      let place = "queue \(queue.name)"
      let name = CommandText.shell(queue.name)
      var findings: [Finding] = []
      // of a branch it is meant, and of a root the node's check says more
      if queue.isInsertDisabled, !snapshot.nodes.contains(where: { $0.queue == queue.name }) {
        findings.append(
          Finding(
            "queue settings", .warning, place, "\(place) refuses new events",
            cause: "disable_insert is set: every insert fails, and with it the transaction of the producer.",
            remedy: "Allow inserts again when that is not wanted any more.",
            commands: ["trunkline queue set \(name) disable_insert=false"]))
      }
      if let limit = queue.perTransactionLimit, limit <= 0 {
        findings.append(
          Finding(
            "queue settings", .error, place, "\(place) allows \(limit) events in a transaction",
            cause: "per_tx_limit is not positive, so the first event of a transaction is already one too many.",
            remedy: "Remove the limit or set one that producers can live with.",
            commands: ["trunkline queue set \(name) per_tx_limit="]))
      }
      if queue.isTickerPaused {
        findings.append(
          Finding(
            "queue settings", queue.newEvents > 0 ? .warning : .notice, place,
            "\(place) is paused"
              + (queue.newEvents > 0 ? ": \(ReadableText.count(queue.newEvents, "event")) wait" : ""),
            cause: "ticker_paused is set: events are stored, and nobody receives them.",
            remedy: "Let the ticker go on when that is not wanted any more.",
            commands: ["trunkline queue resume \(name)"]))
      }
      return findings
    }
  }

  private static func unread(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    guard !snapshot.unseen.contains(where: { $0.hasPrefix("consumers") }) else { return [] }
    return snapshot.queues.compactMap { queue in
      guard snapshot.consumers(of: queue.name).isEmpty, queue.events > 0 else { return nil }
      return Finding(
        "no consumer", .notice, "queue \(queue.name)",
        "nobody reads queue \(queue.name), which holds about \(ReadableText.count(queue.events, "event"))",
        cause:
          "Events are kept for one to two rotation periods and then thrown away; a consumer that registers later does "
          + "not get those of before.",
        remedy: "Register a consumer, or drop the queue if nobody needs it.",
        commands: ["trunkline consumer register \(CommandText.shell(queue.name)) NAME"])
    }
  }
}
