import Foundation
import PostgresTesting
import Testing

/// `trunkline doctor` and `trunkline status` as people run them.
@Suite struct DoctorProgramTests {
  private struct Report: Decodable {
    struct Finding: Decodable { let check: String, severity: String, commands: [String] }
    let findings: [Finding]
  }

  private func run(_ arguments: [String], _ database: TestDatabase) async throws -> Program.Output {
    try await TrunklineProgram.command(arguments + ["--db", database.connectionString]).run()
  }

  @Test func exitCodesTellTheWorst() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let well = try await run(["doctor", "-v"], database)
      #expect(well.status == 0 && well.standardOutput.contains("ok: event tables rotate in time"), "\(well)")

      try await database.psql("update pgq.queue set queue_disable_insert = true;")
      let warned = try await run(["doctor"], database)
      #expect(warned.status == 2)
      #expect(warned.standardOutput.contains("warning: queue q refuses new events\n  cause:  disable_insert is set"))
      #expect(
        warned.standardOutput.contains("trunkline queue set q disable_insert=false --db '"))
      #expect(!warned.standardOutput.contains("\u{1B}") && !warned.standardOutput.contains("ok:"))

      try await database.psql("update pgq.queue set queue_per_tx_limit = 0;")
      let broken = try await run(["doctor", "--json"], database)
      #expect(broken.status == 3)
      let report = try JSONDecoder().decode(Report.self, from: Data(broken.standardOutput.utf8))
      #expect(report.findings.map(\.severity) == ["error", "warning"])
    }
  }

  @Test func aRemedyThatIsCopiedWorks() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      try await database.psql("drop schema pgq_ext cascade;")
      let output = try await run(["doctor"], database).standardOutput
      let line = try #require(output.split(separator: "\n").first { $0.contains("trunkline schema install") })
      let command = line.trimmingCharacters(in: .whitespaces).replacing(
        "trunkline ", with: "\(TrunklineProgram.path) ", maxReplacements: 1)
      _ = try await Program(["sh", "-c", command]).runChecked()
      #expect(try await run(["doctor"], database).status == 0)
    }
  }

  @Test func limitsAreOptions() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      try await database.psql(
        """
        select pgq.insert_event('q', 't', 'x');
        update pgq.tick set tick_time = now() - interval '2 minutes';
        select pgq.ticker('q');
        update pgq.tick set tick_time = now() - interval '1 minute';
        update pgq.subscription set sub_active = now() - interval '1 minute';
        select pgq.insert_event('q', 't', 'x');
        select pgq.ticker('q');
        """)
      #expect(try await run(["doctor"], database).status == 0)
      #expect(try await run(["doctor", "--max-lag", "30s"], database).status == 2)
      #expect(try await run(["doctor", "--max-lag", "soon"], database).status == 64)
    }
  }

  @Test func statusShowsQueuesAndConsumers() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let text = try await run(["status"], database)
      #expect(text.status == 0 && text.standardOutput.contains("no ticker"))
      #expect(text.standardOutput.contains("nothing is wrong") && !text.standardOutput.contains("\u{1B}"))
      let json = try await run(["status", "--json"], database)
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [String: Any])
      #expect((object["queues"] as? [Any])?.count == 1 && object["findings"] != nil)
    }
  }

  @Test func watchingGoesOnOverARestart() async throws {
    try await PrivateCluster.with { cluster in
      let watcher = try TrunklineProgram.command(
        ["status", "--watch", "--json", "--interval", "100ms", "--db", cluster.connectionString()]
      ).start()
      func lines() -> Int { watcher.standardOutput.split(separator: "\n").count }
      try await pollUntil("two looks") { lines() >= 2 }
      await cluster.stop(.immediate)
      try await pollUntil("the error") { watcher.standardError.contains("error:") }
      try await cluster.start()
      let before = lines()
      try await pollUntil("another look") { lines() > before }
      try await watcher.terminate()
    }
  }
}
