extension Diagnosis {
  static let rotationChecks = [
    Check(
      name: "rotation", passed: "event tables rotate in time",
      needs: ["queues", "consumers", "sizes of event", "pgq.queue", "pgq.tick", "pgq.subscription", "pgq.consumer"],
      find: rotation),
    Check(
      name: "long transaction", passed: "no transaction is open for long", needs: ["transactions", "what sessions"],
      find: transactions),
    Check(
      name: "table size", passed: "event tables are as large as their period allows",
      needs: ["queues", "sizes of event", "pgq.queue", "pgq.tick", "pgq.subscription", "pgq.consumer"], find: tableSizes
    ),
  ]

  private static func rotation(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.queues.compactMap { queue in
      let place = "queue \(queue.name)"
      let kept = "\(ReadableText.bytes(queue.bytes)) kept"
      switch queue.rotation {
      case .off, .running: return nil
      case .waitsForConsumer(let name, let since):
        guard since > grace(queue) else { return nil }
        return waitsForConsumer(snapshot, queue, name, since, limits)
      case .waitsForTransaction(let since):
        guard since > grace(queue) else { return nil }
        return waitsForTransaction(snapshot, queue, since, limits)
      case .waitsForTick(let since), .due(let since):
        if let lock = queue.tableLocks.first, since > grace(queue) { return waitsForLock(queue, lock, since) }
        guard since > max(600, queue.rotationPeriod) else { return nil }
        return Finding(
          "rotation", .warning, place, "rotation of \(place) is \(ReadableText.time(since)) late (\(kept))",
          cause: "Neither a consumer nor a transaction is in the way, so maintenance does not run, fails, or another "
            + "session reads the table that is to be emptied (a dump, for example).",
          remedy: "Read the ticker's log; try it by hand, in two transactions.",
          commands: [
            "select pgq.maint_rotate_tables_step1(\(CommandText.sql(queue.name)))",
            "select pgq.maint_rotate_tables_step2()",
          ])
      case .halfDone(let since):
        guard since > 600 else { return nil }
        return Finding(
          "rotation", .warning, place,
          "a switch of the tables of \(place) is half done since \(ReadableText.time(since))",
          cause: "Its second half was not run. Nothing is lost, but there is no next rotation before that.",
          remedy: "The ticker's maintenance does it; if none runs, do it by hand.",
          commands: ["select pgq.maint_rotate_tables_step2()"])
      }
    }
  }

  private static func waitsForLock(_ queue: QueueSnapshot, _ lock: TableLock, _ since: Double) -> Finding {
    let who = lock.pid.map { "pid \($0)\(lock.who.map { " (\($0))" } ?? "")" } ?? "transaction \(lock.who ?? "?")"
    return Finding(
      "rotation", .warning, "queue \(queue.name)",
      "rotation of queue \(queue.name) waits for \(who), which uses the table that is to be emptied"
        + (lock.age.map { " since \(ReadableText.time($0))" } ?? "") + " (\(ReadableText.bytes(queue.bytes)) kept)",
      cause:
        "Rotation does not wait for locks, it tries again with the next maintenance; a dump or a long query keeps it off. "
        + (lock.detail.map { "(\($0))" } ?? ""),
      remedy: "Let it end, or end its session.",
      commands: lock.pid.map { ["select pg_terminate_backend(\($0))"] } ?? [])
  }

  /// Being a little late is normal: maintenance runs every two minutes.
  private static func grace(_ queue: QueueSnapshot) -> Double { max(300, queue.rotationPeriod / 4) }

  private static func waitsForConsumer(
    _ snapshot: StatusSnapshot, _ queue: QueueSnapshot, _ name: String, _ since: Double, _ limits: DiagnosisLimits
  ) -> Finding {
    // a member or a lane is named by its consumer
    let consumer = snapshot.consumers(of: queue.name).filter { name == $0.name || name.hasPrefix($0.name + ".") }
      .max { $0.name.count < $1.name.count }
    let shown = consumer?.name ?? name
    let behind = consumer?.lag.map { ", \(ReadableText.time($0)) behind" } ?? ""
    let severity: Finding.Severity = since > limits.errorFactor * queue.rotationPeriod ? .error : .warning
    let state =
      if consumer?.isPaused == true {
        "It is paused."
      } else if let idle = consumer?.idle, idle > limits.consumerLag {
        "Nothing was heard of it for \(ReadableText.time(idle)): its process is probably not running."
      } else {
        "It works, but slower than events come."
      }
    return Finding(
      "rotation", severity, "queue \(queue.name)",
      "rotation of queue \(queue.name) waits for consumer \(shown)\(behind) (\(ReadableText.bytes(queue.bytes)) kept)",
      cause: "\(state) Event tables are not emptied before every consumer has read them, so the queue grows: "
        + "the rotation is \(ReadableText.time(since)) late.",
      remedy: consumer?.isPaused == true
        ? "Let it go on, or remove it if nobody needs it any more."
        : "Start it or help it along. If nobody needs it any more remove it, which gives its events up.",
      commands: (consumer?.isPaused == true ? [resumption(queue.name, shown)] : [])
        + ["trunkline consumer unregister \(CommandText.shell(queue.name)) \(CommandText.shell(shown))"])
  }

  private static func waitsForTransaction(
    _ snapshot: StatusSnapshot, _ queue: QueueSnapshot, _ since: Double, _ limits: DiagnosisLimits
  ) -> Finding {
    let severity: Finding.Severity = since > limits.errorFactor * queue.rotationPeriod ? .error : .warning
    let switched = queue.switchTransaction ?? .max
    let holders = snapshot.transactions.filter { ($0.transaction ?? .max) <= switched }.sorted { $0.age > $1.age }
    guard let holder = holders.first else {
      return Finding(
        "rotation", severity, "queue \(queue.name)",
        "rotation of queue \(queue.name) waits for a transaction (\(ReadableText.bytes(queue.bytes)) kept)",
        cause: "A transaction older than the last switch of tables still runs, but this role does not see whose it is.",
        remedy: "Look with a role that sees all sessions.",
        commands: [
          "grant pg_read_all_stats to \(snapshot.server.role)",
          "select pid, xact_start, state, query from pg_stat_activity where backend_xid is not null order by xact_start",
        ])
    }
    return Finding(
      "rotation", severity, "queue \(queue.name)",
      "rotation of queue \(queue.name) waits for \(describe(holder)), open for \(ReadableText.time(holder.age)) "
        + "(\(ReadableText.bytes(queue.bytes)) kept)",
      cause: "Events of that transaction may still come into the old tables, so they are not emptied before it ends. "
        + details(holder) + (holders.count > 1 ? " \(holders.count - 1) more follow." : ""),
      remedy: holder.kind == .prepared
        ? "Whoever prepared it has to commit it or roll it back." : "End it at its client, or end its session.",
      commands: ending(holder))
  }

  private static func transactions(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.transactions.filter { $0.age > limits.transactionAge }.map { transaction in
      let holds =
        transaction.transaction == nil
        ? "It keeps vacuum from removing old rows everywhere; pgq.tick and pgq.subscription grow and get slower."
        : "It keeps vacuum from removing old rows, event tables from being emptied, and its own events from being delivered."
      return Finding(
        "long transaction",
        transaction.age > limits.errorFactor * limits.transactionAge && transaction.kind == .prepared
          ? .error : .warning,
        "server", "\(describe(transaction)) is open for \(ReadableText.time(transaction.age))",
        cause: "\(holds) \(details(transaction))",
        remedy: transaction.kind == .prepared
          ? "Whoever prepared it has to commit it or roll it back."
          : "End it at its client, or end its session; idle_in_transaction_session_timeout prevents the next one.",
        commands: ending(transaction))
    }
  }

  static func describe(_ transaction: RunningTransaction) -> String {
    let user = transaction.user.map { " of \($0)" } ?? ""
    if transaction.kind == .prepared { return "prepared transaction \(transaction.gid ?? "?")\(user)" }
    return "transaction of pid \(transaction.pid ?? 0)" + (transaction.user.map { " (\($0))" } ?? "")
  }

  private static func details(_ transaction: RunningTransaction) -> String {
    var parts: [String] = []
    if let database = transaction.database { parts.append("database \(database)") }
    if let application = transaction.application, !application.isEmpty { parts.append("application \(application)") }
    if let state = transaction.state, transaction.kind == .session { parts.append(state) }
    if let query = transaction.query, !query.isEmpty { parts.append("last statement: \(query)") }
    return parts.isEmpty ? "" : "(" + parts.joined(separator: "; ") + ")"
  }

  private static func ending(_ transaction: RunningTransaction) -> [String] {
    switch transaction.kind {
    case .prepared: ["rollback prepared \(CommandText.sql(transaction.gid ?? ""))"]
    case .session: transaction.pid.map { ["select pg_terminate_backend(\($0))"] } ?? []
    }
  }

  private static func tableSizes(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.queues.compactMap { queue in
      guard let largest = queue.tables.map(\.bytes).max(), largest > limits.tableBytes,
        queue.switchAge > 3 * queue.rotationPeriod
      else { return nil }
      return Finding(
        "table size", .warning, "queue \(queue.name)",
        "queue \(queue.name) keeps \(ReadableText.bytes(queue.bytes)) in its tables, which were last switched "
          + "\(ReadableText.time(queue.switchAge)) ago instead of every \(ReadableText.time(queue.rotationPeriod))",
        cause: "Space comes back only by rotation; see the finding about rotation for what holds it.",
        remedy: "Remove what holds the rotation. Limits for consumers keep it from happening again.",
        commands: ["trunkline status"])
    }
  }
}
