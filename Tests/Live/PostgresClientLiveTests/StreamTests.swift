import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct StreamTests {
  @Test func leavingEarlyCancelsOnTheServer() async throws {
    try await withConnection { connection, database async throws in
      let first = try await connection.stream("select generate_series(1, 2000000000)") { rows in
        for try await row in rows { return try row.decode(0, as: Int.self) }
        return 0
      }
      #expect(first == 1)
      #expect(try await connection.value("select 5", as: Int.self) == 5)
      let isInTransaction = await connection.isInTransaction
      #expect(!isInTransaction)
    }
  }

  @Test func bodyThatThrowsLeavesTheConnectionUsable() async throws {
    try await withConnection { connection, _ async throws in
      await #expect(throws: Own.self) {
        try await connection.stream("select generate_series(1, 10000000)") { rows in
          for try await row in rows where try row.decode(0) == 1 { throw Own() }
        }
      }
      #expect(try await connection.value("select 5", as: Int.self) == 5)
    }
  }

  /// An error of another connection inside the body must not be taken for a cancellation of this one.
  @Test func errorOfAnotherConnectionPassesThroughUnchanged() async throws {
    try await withConnection { connection, _ async throws in
      for code in [PostgresError.Code.connectionLost, .server] {
        let thrown = try await #require(throws: PostgresError.self) {
          try await connection.stream("select generate_series(1, 10000000)") { rows in
            for try await _ in rows {
              var error = PostgresError(code, "of another connection")
              error.sqlState = .queryCanceled
              throw error
            }
          }
        }
        #expect(thrown.message == "of another connection")
      }
    }
  }

  @Test func anErrorAmidTheRowsIsThrownAndTheConnectionStaysUsable() async throws {
    try await withConnection { connection, _ async throws in
      let error = try await #require(throws: PostgresError.self) {
        try await connection.stream("select 1 / (5000 - i) from generate_series(1, 10000) i") { rows in
          for try await _ in rows {}
        }
      }
      #expect(error.sqlState == "22012")
      #expect(try await connection.value("select 5", as: Int.self) == 5)
    }
  }

  @Test func usingTheConnectionInsideItsStreamIsAnErrorAndNoDeadlock() async throws {
    try await withConnection { connection, _ async throws in
      let error = try await #require(throws: PostgresError.self) {
        try await connection.stream("select i from generate_series(1, 10) i") { rows in
          for try await _ in rows { try await connection.query("select 1") }
        }
      }
      #expect(error.code == .misuse && error.hint != nil)
      #expect(try await connection.value("select 5", as: Int.self) == 5)
    }
  }

  @Test func anEscapedSequenceIsRefused() async throws {
    try await withConnection { connection, _ async throws in
      let escaped = try await connection.stream("select i from generate_series(1, 10) i") { $0 }
      try await connection.stream("select i from generate_series(1, 10) i") { rows in
        var old = escaped.makeAsyncIterator()
        let error = try await #require(throws: PostgresError.self) { try await old.next() }
        #expect(error.code == .misuse)
        var count = 0
        for try await _ in rows { count += 1 }
        #expect(count == 10)
      }
    }
  }

  @Test func twoReadersAtOnceAreRefused() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.stream("select pg_sleep(0.05), i from generate_series(1, 3) i") { rows in
        let outcomes = await withTaskGroup(of: Bool.self) { group in
          for _ in 0..<2 {
            group.addTask {
              var iterator = rows.makeAsyncIterator()
              return (try? await iterator.next()) != nil
            }
          }
          return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.sorted { !$0 && $1 } == [false, true])
      }
      #expect(try await connection.value("select 5", as: Int.self) == 5)
    }
  }

  @Test func statementsWithoutRowsAndEmptyResults() async throws {
    try await withConnection { connection, _ async throws in
      for sql in ["create table t (a int)", "select * from t", "insert into t values (1)", ""] {
        let count = try await connection.stream(PostgresQuery(sql)) { rows in
          var count = 0
          for try await _ in rows { count += 1 }
          return count
        }
        #expect(count == 0)
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 1)
    }
  }

  @Test func cancellingTheTaskEndsTheStream() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      let task = Task {
        try await connection.stream("select i, pg_sleep(0.001) from generate_series(1, 1000000) i") { rows in
          for try await _ in rows {}
        }
      }
      try await observer.awaitActivity(of: connection, running: "pg_sleep(0.001)")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      try await observer.awaitIdle(connection)
      #expect(try await connection.value("select 5", as: Int.self) == 5)
      await observer.close()
    }
  }
}

private struct Own: Error {}
