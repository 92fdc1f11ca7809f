extension Diagnosis {
  static let failureChecks = [
    Check(
      name: "retries", passed: "few events wait to be tried again",
      needs: ["retried", "pgq.retry_queue", "trunkline.parked_event"], find: retries),
    Check(
      name: "dead letters", passed: "no event failed for good", needs: ["dead letters", "trunkline.dead_event"],
      find: deadLetters),
    Check(
      name: "delayed events", passed: "delayed events come when they are due",
      needs: ["delayed", "trunkline.delayed_event"], find: delayed),
  ]

  private static func retries(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.consumers.compactMap { consumer in
      let number = consumer.retries + consumer.parked
      guard number >= limits.retries else { return nil }
      let parked =
        consumer.parked > 0
        ? " \(ReadableText.count(consumer.parked)) of them only wait behind a failed event of the same key." : ""
      return Finding(
        "retries", .warning, place(consumer),
        "\(atMost(number)) of consumer \(consumer.name) of queue \(consumer.queue) wait to be tried again",
        cause: "Its work fails for many events, usually because something that it needs is down.\(parked)",
        remedy: "Find the reason in its log, or in what it stored with the failures.",
        commands: [
          "select reason, count(*) from trunkline.failure group by reason order by count desc limit 10"
        ])
    }
  }

  private static func deadLetters(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    let orphaned =
      snapshot.orphanedDeadEvents > 0
      ? [
        Finding(
          "dead letters", .notice, "database \(snapshot.server.database)",
          "\(atMost(snapshot.orphanedDeadEvents)) failed for good under consumers that are not registered any more",
          cause: "Dead letters stay when their consumer goes, until somebody decides.",
          remedy: "Look at them, then purge them.", commands: ["trunkline dead list"])
      ] : []
    return orphaned
      + snapshot.consumers.filter { $0.deadEvents > 0 }.map { consumer in
        let words = "\(CommandText.shell(consumer.queue)) \(CommandText.shell(consumer.name))"
        return Finding(
          "dead letters", .warning, place(consumer),
          "\(atMost(consumer.deadEvents)) of consumer \(consumer.name) of queue \(consumer.queue) failed for good"
            + (consumer.lastDeadReason.map { "; the newest: \(String($0.prefix(200)))" } ?? ""),
          cause:
            "Each was tried as often as the consumer allows, or was declared dead by it. They are kept until somebody decides.",
          remedy: "Look at them; replay them when the reason is mended, or purge them.",
          commands: [
            "trunkline dead list --queue \(CommandText.shell(consumer.queue)) --consumer \(CommandText.shell(consumer.name))",
            "trunkline dead replay \(words) --all", "trunkline dead purge \(words) --all",
          ])
      }
  }

  private static func delayed(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.queues.compactMap { queue in
      guard let overdue = queue.delayedOverdue, overdue > 60 else { return nil }
      return Finding(
        "delayed events", .error, "queue \(queue.name)",
        "delayed events of queue \(queue.name) are \(ReadableText.time(overdue)) overdue",
        cause: "Trunkline's ticker brings delayed events into their queues; it does not run, or it fails at it.",
        remedy: "Start the ticker or read its log.",
        commands: ["trunkline ticker", "select trunkline.maint_delayed_events()"])
    }
  }

  /// Counts end at 100,000.
  private static func atMost(_ number: Int64) -> String {
    (number >= 100_000 ? "at least " : "") + ReadableText.count(number, "event")
  }
}
