import Foundation
import Glibc
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// `trunkline table compare`, `repair` and `verify` as people run them.
@Suite struct ComparisonCommandTests {
  private func trunkline(_ fixture: ReplicationFixture, _ arguments: String...) async throws -> Program.Output {
    try await TrunklineProgram.command(
      ["table"] + arguments + ["--db", fixture.source.connectionString, "--target", fixture.target.connectionString]
    ).run()
  }

  private func withReplica(_ body: @Sendable (ReplicationFixture) async throws -> Void) async throws {
    try await ReplicationFixture.with(
      tables: ReplicationFixture.loadTables, captured: AlignedComparisonTests.captured
    ) { fixture in
      try await fixture.fillLoadTables()
      try await fixture.worker().drain()
      try await running(fixture.worker()) { try await body(fixture) }
    }
  }

  @Test func compareTellsWhatDiffersAndItsStatusSaysSo() async throws {
    try await withReplica { fixture in
      let equal = try await trunkline(fixture, "compare", "--jobs", "2")
      #expect(equal.status == 0, "\(equal.standardError)")
      #expect(equal.standardOutput.contains("public.account") && equal.standardOutput.contains("public.entry"))

      try await fixture.target.run(
        "delete from account where id in (4, 5); update account set note = null where id = 9")
      let unequal = try await trunkline(fixture, "compare", "public.account", "--show", "2")
      #expect(unequal.status == 2)
      #expect(unequal.standardOutput.contains("and 1 more"))
      #expect(unequal.standardError.contains("3 rows differ in 1 of 1 tables"))

      let json = try await trunkline(fixture, "compare", "account", "--json")
      let decoded = try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [[String: Any]]
      let first = try #require(decoded?.first)
      #expect(first["table"] as? String == "public.account" && first["missing"] as? Int == 2)
      #expect(first["changed"] as? Int == 1 && first["tick"] as? Int ?? 0 > 0)
      #expect((first["rows"] as? [[String: Any]])?.count == 3)

      let counted = try await trunkline(fixture, "compare", "account", "--count-only")
      #expect(counted.status == 2 && counted.standardOutput.contains("2998"))
      let columns = try await trunkline(
        fixture, "compare", "account", "--ignore-columns", "note", "--where", "id not in (4, 5)")
      #expect(columns.status == 0, "\(columns.standardOutput)")
      let unknown = try await trunkline(fixture, "compare", "account", "--columns", "nonsense")
      #expect(unknown.status == 64 && unknown.standardError.contains("nonsense"))
      let none = try await trunkline(fixture, "compare", "other")
      #expect(none.status == 78 && none.standardError.contains("is not captured"))
    }
  }

  @Test func repairPrintsUnlessItIsToldToApply() async throws {
    try await withReplica { fixture in
      try await fixture.target.run(
        "delete from account where id in (4, 5); update account set note = null where id = 9")
      let script = try await trunkline(fixture, "repair", "account")
      #expect(script.status == 0 && script.standardOutput.contains("insert into public.account"))
      #expect(try await trunkline(fixture, "compare", "account").status == 2)
      try await fixture.target.tools().psql(script.standardOutput)
      #expect(try await trunkline(fixture, "compare", "account").status == 0)

      try await fixture.target.run("delete from account where id < 100; delete from entry where nr < 10")
      let limited = try await trunkline(fixture, "repair", "--apply", "--limit", "50")
      #expect(limited.status == 2 && limited.standardError.contains("99 rows differ, more than --limit 50"))
      #expect(limited.standardOutput.contains("public.entry: 9 rows differed; 9 inserted"))
      let forced = try await trunkline(fixture, "repair", "account", "--apply", "--limit", "50", "--force")
      #expect(forced.status == 0 && forced.standardOutput.contains("99 inserted"), "\(forced.standardOutput)")
      #expect(try await trunkline(fixture, "compare").status == 0)

      try await fixture.target.run("delete from account where id < 100")
      let sent = try await trunkline(fixture, "repair", "--through-queue", "--json")
      #expect(sent.status == 0 && sent.standardOutput.contains("\"sent\" : 99"), "\(sent.standardOutput)")
      #expect(try await trunkline(fixture, "compare").status == 0)
    }
  }

  @Test func verifyIsKilledAndGoesOn() async throws {
    try await withReplica { fixture in
      try await fixture.target.run("update account set note = 'bad' where id = 2990")
      // slow enough to be killed in the middle
      let program = try TrunklineProgram.command([
        "table", "verify", "--db", fixture.source.connectionString, "--target", fixture.target.connectionString,
        "account", "--rate", "800", "--chunk", "100", "--json",
      ]).start()
      try await pollUntil("a place that is remembered") {
        try await fixture.target.value("select position[1]::int > 500 from trunkline.verification") == "t"
      }
      program.send(signal: SIGKILL)
      _ = try await program.waitForExit()
      let place = Int(try await fixture.target.value("select position[1] from trunkline.verification")) ?? 0
      #expect(place > 500 && place < 2990)
      // nothing before the place is compared again
      try await fixture.target.run("update account set note = 'bad' where id = 3")
      let rest = try await trunkline(fixture, "verify", "account", "--rate", "0", "--once", "--json")
      #expect(rest.status == 2)
      #expect(rest.standardOutput.contains("\"2990\"") && !rest.standardOutput.contains("\"3\""))
      #expect(rest.standardOutput.contains("\"rows\":3000"))
      let next = try await trunkline(fixture, "verify", "account", "--rate", "0", "--once")
      #expect(next.standardOutput.contains("drift: public.account: changed: 3\n"))
      #expect(next.standardOutput.contains("round 2: 3000 rows compared, 2 differ"))
    }
  }

  @Test func anAdministratorOfQueuesWhoMayReadTheTablesIsEnough() async throws {
    try await withReplica { fixture in
      let role = "checker_\(fixture.source.name)"
      try await fixture.source.run("create role \(role) login in role pgq_admin")
      for side in [fixture.source, fixture.target] { try await side.run("grant select on account, entry to \(role)") }
      func run(_ arguments: String...) async throws -> Program.Output {
        try await TrunklineProgram.command(
          ["table"] + arguments + [
            "--db", fixture.source.connectionString(user: role), "--target",
            fixture.target.connectionString(user: role),
          ]
        ).run()
      }
      let compared = try await run("compare")
      #expect(compared.status == 0, "\(compared.standardError)")
      let verified = try await run("verify", "--once", "--rate", "0")
      #expect(verified.status == 0, "\(verified.standardError)")
      try await fixture.target.run("delete from account where id = 7")
      let refused = try await run("repair", "account", "--apply")
      #expect(refused.status == 77, "\(refused.standardError)")
      for side in [fixture.source, fixture.target] {
        try await side.run("drop owned by \(role)")
      }
      try await fixture.source.run("drop role \(role)")
    }
  }

  @Test(.timeLimit(.minutes(5))) func memoryStaysConstantWhenEveryRowDiffers() async throws {
    let tables = """
      create table few (id int primary key, v text); create table walked (id int primary key, v text);
      create table hashed (k int[] primary key, v text);
      """
    try await ReplicationFixture.with(tables: tables, captured: []) { fixture in
      for (side, value) in [(fixture.source, "a"), (fixture.target, "b")] {
        try await side.run(
          """
          insert into few select g, '\(value)' from generate_series(1, 2000) g;
          insert into walked select g, repeat('\(value)', 50) from generate_series(1, 300000) g;
          insert into hashed select array[g], repeat('\(value)', 50) from generate_series(1, 300000) g; analyze
          """)
      }
      func peak(_ table: String) async throws -> Int {
        let program = try TrunklineProgram.command([
          "table", "compare", "--db", fixture.source.connectionString, "--target", fixture.target.connectionString,
          "--unaligned", table, "--jobs", "2",
        ]).start()
        var peak = 0
        while program.isRunning {
          peak = max(peak, (try? LimitTests.peak(program)) ?? 0)
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await program.waitForExit() == 2)
        return peak
      }
      let few = try await peak("few")
      for table in ["walked", "hashed"] {
        let many = try await peak(table)
        #expect(many - few < 50_000, "\(table): \(few) kB, then \(many) kB")
      }
    }
  }
}
