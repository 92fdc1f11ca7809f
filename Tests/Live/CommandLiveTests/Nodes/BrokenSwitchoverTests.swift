import PostgresTesting
import Testing

/// A switchover that was broken off after the root had begun to refuse writes.
@Suite struct BrokenSwitchoverTests {
  /// Nothing but the switchover makes ticks then, at which a copy that has begun since could end.
  @Test(.timeLimit(.minutes(2))) func itComesToItsEndAlthoughATableIsCopiedAgainMeanwhile() async throws {
    try await withDatabase { old in
      try await withDatabase { new in
        let (top, below) = (Shell(database: old), Shell(database: new))
        for database in [old, new] { try await database.psql("create table t (id int primary key)") }
        try await old.psql("insert into t select generate_series(1, 500)")
        try await top.checked("node", "create-root", "--queue", "s", "old", old.connectionString)
        try await top.checked("table", "add", "t")
        try await below.checked(
          "node", "create-branch", "--queue", "s", "new", new.connectionString, "--provider", old.connectionString)
        func replicate(_ database: TestDatabase) throws -> RunningProgram {
          try TrunklineProgram.command(["replicate", "--db", database.connectionString]).start()
        }
        let services = try [old, new].map {
          try TrunklineProgram.command(["ticker", "--db", $0.connectionString]).start()
        }
        let first = try replicate(old)
        let killed = try replicate(new)
        try await below.checked("table", "add", "t", "--wait-sync")
        try await killed.terminate()

        try await old.psql("insert into t values (0)")
        let broken = try await below.run("node", "takeover", "old", "--timeout", "1s")
        #expect(broken.status == 75, "\(broken)")
        await #expect(throws: (any Error).self) { try await old.psql("insert into t values (-1)") }
        let doctor = try await top.run("doctor")
        #expect(doctor.standardOutput.contains("takes no changes"), "\(doctor)")
        #expect(!doctor.standardOutput.contains("not seen"), "\(doctor)")
        try await below.checked("table", "resync", "t")
        let second = try replicate(new)
        let done = try await below.run("node", "switchover", "old")
        #expect(done.status == 0, "\(done)")
        #expect(done.standardError.contains("new to have its tables in sync (public.t)"), "\(done)")

        try await new.psql("insert into t values (-2)")
        try await top.checked("node", "wait")
        try await top.checked("table", "compare")
        #expect(try await old.psql("select count(*) from t") == "502")
        for service in services + [first, second] { try await service.terminate() }
      }
    }
  }
}
