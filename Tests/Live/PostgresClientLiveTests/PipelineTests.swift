import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct PipelineTests {
  @Test func thousandsOfStatementsInOneRoundTrip() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int, b text)")
      for isPrepared in [false, true] {
        let queries = (0..<5000).map { number in
          let query: PostgresQuery = "insert into t values (\(number)::int, \("text \(number)")) returning a"
          return isPrepared ? query.prepared() : query
        }
        let results = try await connection.pipeline(queries)
        #expect(try results.map { try $0[0].decode(0, as: Int.self) } == Array(0..<5000))
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 10_000)
    }
  }

  /// Both sides have more to say than the sockets hold.
  @Test func largeStatementsAndLargeAnswersDoNotBlockEachOther() async throws {
    try await withConnection { connection, _ async throws in
      let big = String(repeating: "x", count: 500_000)
      let results = try await connection.pipeline((0..<60).map { _ in "select \(big)::text" })
      #expect(try results.allSatisfy { try $0[0].decode(0, as: String.self).utf8.count == 500_000 })
    }
  }

  @Test func anErrorInTheMiddleUndoesAll() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int primary key)")
      for (isPrepared, failing) in [
        (false, "insert into t values (1)"), (true, "insert into t values (1)"), (false, "selct"),
      ] {
        let error = try await #require(throws: PostgresError.self) {
          try await connection.pipeline(
            (0..<100).map { number in
              let query = PostgresQuery(number == 50 ? failing : "insert into t values (\(number))")
              return isPrepared ? query.prepared() : query
            })
        }
        #expect(error.sqlState == (failing == "selct" ? "42601" : .uniqueViolation))
        #expect(error.query == failing)
        #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
      }
      #expect(try await connection.pipeline([]).isEmpty)
    }
  }

  @Test func insideATransactionTheSavepointHolds() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int primary key)")
      try await connection.transaction { connection async throws in
        _ = try await connection.pipeline(["insert into t values (1)"])
        await #expect(throws: PostgresError.self) {
          try await connection.savepoint { _ = try await $0.pipeline(["insert into t values (2)", "select 1/0"]) }
        }
      }
      #expect(try await connection.value("select array_agg(a) from t", as: [Int64].self) == [1])
    }
  }

  @Test func copyInAPipelineIsAnErrorAndNothingIsCommitted() async throws {
    try await withConnection { connection, database async throws in
      try await connection.execute("create table t (a int)")
      for copy in ["copy t from stdin", "copy t to stdout"] {
        let error = try await postgresError {
          _ = try await connection.pipeline([
            "insert into t values (1)", PostgresQuery(copy), "insert into t values (2)",
          ])
        }
        #expect(error.code == .misuse)
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  /// libpq forgets to leave single-row mode when a pipeline follows a stream.
  @Test func aPipelineAfterAStreamGetsWholeResults() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.stream("select generate_series(1, 3)") { for try await _ in $0 {} }
      let results = try await connection.pipeline(["select generate_series(1, 3)", "select 1"])
      #expect(results.map(\.count) == [3, 1])
    }
  }

  @Test func cancellingTheTaskUndoesAll() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      try await connection.execute("create table t (a int)")
      let task = Task {
        try await connection.pipeline(["insert into t values (1)", "select pg_sleep(60)", "insert into t values (2)"])
      }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
      await observer.close()
    }
  }
}
