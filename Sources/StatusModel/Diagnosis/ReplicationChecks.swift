extension Diagnosis {
  static let replicationChecks = [
    Check(
      name: "replication", passed: "no replication into this database stopped with an error",
      needs: ["positions", "trunkline.position"], find: replications),
    Check(
      name: "capture", passed: "every capture works and fits its table", needs: ["captures", "trunkline.capture"],
      find: captures),
  ]

  private static func replications(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.replications.compactMap { position in
      guard let error = position.error else { return nil }
      return Finding(
        "replication", .error, "replication \(position.consumer) of queue \(position.queue)",
        "replication \(position.consumer) of queue \(position.queue) into this database stopped \(ReadableText.time(position.idle)) ago: "
          + String(error.prefix(500)),
        cause:
          "Nothing is skipped: the batch is tried again until the reason is mended, and the source keeps its events meanwhile. "
          + "It stands at tick \(position.lastTick)" + (position.holder.map { "; last worker: \($0)" } ?? "") + ".",
        remedy: "Mend what the error says; a worker that still runs then goes on by itself.",
        commands: [
          "trunkline replicate --db SOURCE --target THIS --queue \(CommandText.shell(position.queue)) "
            + "--consumer \(CommandText.shell(position.consumer))"
        ])
    }
  }

  private static func captures(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.captures.compactMap { capture in
      guard let state = capture.state, state != "ok" else { return nil }
      let severity: Finding.Severity = state == "stale" ? .notice : .error
      return Finding(
        "capture", severity, "table \(capture.table)",
        "the capture of table \(capture.table) into queue \(capture.queue) is not in order: \(state)",
        cause: capture.detail ?? "",
        remedy: "Have it made again; what can be mended without a decision is mended by the first command.",
        commands: ["trunkline table check --repair"] + (capture.remedy.map { [$0] } ?? []))
    }
  }
}
