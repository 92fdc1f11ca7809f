import EventFormats
import Glibc
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// The initial copy joins the changes without gap or overlap, whatever happens meanwhile.
@Suite struct CopyTests {
  static let tables = """
    create table t (id int primary key, v text);
    create table part (k int, id int, primary key (k, id)) partition by list (k);
    create table part_1 partition of part for values in (1); create table part_2 partition of part for values in (2);
    """

  private func copying(_ fixture: ReplicationFixture) throws -> ReplicationWorker {
    var worker = fixture.worker()
    worker.tablesToCopy = [
      try QualifiedName(schema: "public", name: "t"), try QualifiedName(schema: "public", name: "part"),
    ]
    return worker
  }

  @Test func copyWhileWritersWrite() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["t", "part"]) { fixture in
      try await fixture.source.run(
        "insert into t select g, 'old' from generate_series(1, 20000) g; insert into part select 1 + g % 2, g from generate_series(1, 5000) g"
      )
      let load = Program(
        [
          fixture.source.cluster.binaries.path("pgbench"), "-n", "-c", "3", "-t", "150", "-f", "/dev/stdin",
        ], environment: fixture.source.cluster.environment(database: fixture.source.name),
        input: """
          \\set id random(1, 40000)
          insert into t values (:id, 'new') on conflict (id) do update set v = t.v || '+';
          delete from t where id = :id + 7;
          update part set k = 3 - k where id = :id / 8;
          """)
      let writers = try load.start()
      try await running(copying(fixture)) {
        #expect(try await writers.waitForExit() == 0, "\(writers.standardError)")
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t", "part")
    }
  }

  @Test func writersOlderThanTheCopyAreNotLost() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["t", "part"]) { fixture in
      try await fixture.source.run("insert into t values (1, 'a'), (2, 'a')")
      try await fixture.source.withConnection { writer in
        try await writer.execute("begin isolation level repeatable read; update t set v = 'old writer' where id = 1")
        try await copying(fixture).drain()
        try await writer.execute("insert into t values (3, 'late'); commit")
      }
      try await fixture.change("update t set v = 'b' where id = 2", by: copying(fixture))
      try await fixture.expectEqual("t")
    }
  }

  @Test func copyResumesAfterAKill() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["t", "part"]) { fixture in
      try await fixture.source.run(
        "insert into t select g, 'old' from generate_series(1, 1000) g; insert into part select 1 + g % 2, g from generate_series(1, 1000) g"
      )
      let arguments = [
        "replicate", "--db", fixture.source.connectionString, "--target", fixture.target.connectionString, "--queue",
        "changes", "--copy",
      ]
      try await fixture.target.withConnection { blocker in
        // Tables are copied in the order of their names: the second one blocks.
        try await blocker.execute("begin; lock table t in share mode")
        let first = try TrunklineProgram.command(arguments).start()
        try await FailurePointTests.waitUntilBlocked(fixture.target)
        first.send(signal: SIGKILL)
        _ = try await first.waitForExit()
        try await blocker.execute("rollback")
      }
      try await fixture.source.run("update t set v = 'new' where id < 100; delete from part where id = 5")
      let second = try TrunklineProgram.command(arguments).start()
      try await pollUntil("the copy") {
        try await fixture.target.value("select count(*)::text from trunkline.copied_table") == "2"
      }
      try await fixture.waitUntilApplied()
      try await second.terminate()
      try await fixture.expectEqual("t", "part")
    }
  }

  @Test func aTableThatIsNotEmptyIsRefusedOrEmptied() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["t", "part"]) { fixture in
      try await fixture.source.run("insert into t values (1, 'a')")
      try await fixture.target.run("insert into t values (9, 'foreign')")
      let error = await #expect(throws: ApplyError.self) { try await copying(fixture).drain() }
      #expect("\(error.map { "\($0)" } ?? "")".contains("not empty"))
      #expect(try await fixture.target.value("select count(*)::text from t") == "1")
      var worker = try copying(fixture)
      worker.copyOptions.mayTruncate = true
      try await worker.drain()
      try await fixture.expectEqual("t")
    }
  }
}
