extension Diagnosis {
  static let serverChecks = [
    Check(name: "autovacuum", passed: "autovacuum is on for Trunkline's own tables", find: autovacuum),
    Check(name: "bloat", passed: "Trunkline's own tables hold few dead rows", find: bloat),
    Check(name: "transaction ids", passed: "wraparound of transaction ids is far away", find: transactionIDs),
    Check(name: "stand-by", passed: "the server is no stand-by", find: standby),
  ]

  private static func autovacuum(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    if !snapshot.server.isAutovacuumOn {
      return [
        Finding(
          "autovacuum", .warning, "server", "autovacuum is off",
          cause: "Only the ticker's maintenance vacuums the tables of queues then, and nobody everything else.",
          remedy: "Switch it on.",
          commands: ["alter system set autovacuum = on", "select pg_reload_conf()"])
      ]
    }
    return snapshot.metaTables.filter { !$0.isAutovacuumOn }.map { table in
      Finding(
        "autovacuum", .warning, "table \(table.name)", "autovacuum is switched off for \(table.name)",
        cause: "The table is updated with every batch; its dead rows make every call slower.",
        remedy: "Switch it on again.", commands: ["alter table \(table.name) reset (autovacuum_enabled)"])
    }
  }

  private static func bloat(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    snapshot.metaTables.compactMap { table in
      guard table.deadRows > 10_000, table.deadRows > 5 * table.liveRows else { return nil }
      let holder = snapshot.transactions.filter(\.holdsVacuum).max { $0.age < $1.age }
      let reason =
        holder.map {
          "Vacuum may not remove them before \(describe($0)) ends, which is open for \(ReadableText.time($0.age))."
        } ?? "Vacuum did not come by for a long time."
      return Finding(
        "bloat", .warning, "table \(table.name)",
        "\(table.name) holds \(ReadableText.count(table.deadRows, "dead row")) beside "
          + "\(ReadableText.count(table.liveRows)) live ones (\(ReadableText.bytes(table.bytes)))",
        cause: "\(reason) Every look at the queue reads over them.",
        remedy: holder == nil ? "Vacuum it, and look why autovacuum does not." : "End that transaction, then vacuum.",
        commands: ["vacuum \(table.name)"])
    }
  }

  private static func transactionIDs(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    let used = Double(snapshot.server.transactionAge) / 2_147_483_648
    guard used > limits.transactionIDs, snapshot.server.transactionAge > 2 * snapshot.server.freezeMaxAge else {
      return []
    }
    return [
      Finding(
        "transaction ids", used > 0.75 ? .error : .warning, "database \(snapshot.server.database)",
        "\(Int((used * 100).rounded())) % of the transaction ids are used up "
          + "(\(ReadableText.count(snapshot.server.transactionAge)) since the oldest that is not frozen)",
        cause:
          "Vacuum cannot freeze old rows: it is switched off, too slow, or held by an old transaction, a prepared one, or a "
          + "replication slot. Near 100 % the server stops accepting writes.",
        remedy: "Remove what holds vacuum, then freeze the oldest tables.",
        commands: [
          "select relname, age(relfrozenxid) from pg_class where relkind in ('r', 't', 'm') order by 2 desc limit 10",
          "vacuum (freeze, verbose) TABLE",
        ])
    ]
  }

  private static func standby(_ snapshot: StatusSnapshot, _ limits: DiagnosisLimits) -> [Finding] {
    guard snapshot.server.isInRecovery else { return [] }
    return [
      Finding(
        "stand-by", .notice, "server", "the server is a stand-by: it makes no ticks and accepts no events",
        cause: "What is shown is as old as what it has replayed.", remedy: "Ask the primary for what is true now.")
    ]
  }
}
