import PostgresClient
import PostgresTesting
import Testing

/// Event ids of one key are in the order of commits.
@Suite struct ConcurrencyTests {
  @Test(arguments: [
    "create table t (id int primary key, v text, n int);",
    "create table t (id int primary key, v text, n int) partition by hash (id); create table t0 partition of t for values with (modulus 2, remainder 0); create table t1 partition of t for values with (modulus 2, remainder 1);",
  ])
  func manyWritersOfFewKeys(_ table: String) async throws {
    try await CaptureFixture.with(table) { fixture in
      try await fixture.capture("t")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 1...6 {
          group.addTask {
            let session = try await PostgresConnection.connect(PostgresConfiguration(fixture.database.connectionString))
            for round in 1...120 {
              let key = Int.random(in: 1...8)
              let other = Int.random(in: 1...8)
              let statements = [
                "insert into t values (\(key), 'w\(writer)', \(round)) on conflict (id) do update set v = excluded.v, n = excluded.n",
                "update t set v = 'u\(writer)', n = \(round) where id = \(key)", "delete from t where id = \(key)",
                "begin; update t set n = n + 1 where id = \(key); insert into t values (\(other), 'i') on conflict do nothing; commit",
              ]
              do {
                try await session.execute(statements[round % statements.count])
              } catch let error as PostgresError where error.sqlState == .deadlockDetected {
                try await session.execute("rollback")
              }
            }
            await session.close()
          }
        }
        try await group.waitForAll()
      }
      try await fixture.expectConverged("t")
    }
  }
}
