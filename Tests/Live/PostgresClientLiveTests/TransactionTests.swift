import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct TransactionTests {
  @Test func commitsOnReturnAndRollsBackOnThrow() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      let value = try await connection.transaction { connection async throws in
        try await connection.query("insert into t values (1)")
        return 5
      }
      #expect(value == 5)
      await #expect(throws: Own.self) {
        try await connection.transaction { connection async throws in
          try await connection.query("insert into t values (2)")
          throw Own()
        }
      }
      #expect(try await connection.value("select array_agg(a) from t", as: [Int64].self) == [1])
    }
  }

  @Test(arguments: [
    PostgresTransactionOptions.Isolation.readCommitted, .repeatableRead, .serializable,
  ])
  func optionsReachTheServer(isolation: PostgresTransactionOptions.Isolation) async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      let options = PostgresTransactionOptions(isolation: isolation, isReadOnly: true, isDeferrable: true)
      try await connection.transaction(options) { connection async throws in
        let (level, readOnly, deferrable) = try #require(
          try await connection.query(
            """
            select current_setting('transaction_isolation'), current_setting('transaction_read_only'),
              current_setting('transaction_deferrable')
            """
          ).first
        ).decode(String.self, String.self, String.self)
        #expect(level == isolation.rawValue && readOnly == "on" && deferrable == "on")
      }
      let error = try await postgresError {
        try await connection.transaction(options) { _ = try await $0.query("insert into t values (1)") }
      }
      #expect(error.sqlState == "25006")
    }
  }

  @Test func repeatableReadKeepsItsSnapshotAndConflictsAreTransient() async throws {
    try await withConnection { connection, database async throws in
      let other = try await PostgresConnection.connect(database.connectionString)
      try await connection.execute("create table t (a int); insert into t values (1)")
      let error = try await postgresError {
        try await connection.transaction(.init(isolation: .repeatableRead)) { connection async throws in
          #expect(try await connection.value("select a from t", as: Int.self) == 1)
          try await other.execute("update t set a = 2")
          #expect(try await connection.value("select a from t", as: Int.self) == 1)
          try await connection.query("update t set a = 3")
        }
      }
      #expect(error.sqlState == .serializationFailure && error.isTransient)
      await other.close()
    }
  }

  @Test func savepointsUndoOnlyTheirOwnWork() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int primary key)")
      try await connection.transaction { connection async throws in
        try await connection.query("insert into t values (1)")
        try await connection.savepoint { connection async throws in
          try await connection.query("insert into t values (2)")
          await #expect(throws: PostgresError.self) {
            try await connection.savepoint { connection async throws in
              try await connection.query("insert into t values (3)")
              try await connection.query("insert into t values (1)")
            }
          }
          try await connection.query("insert into t values (4)")
        }
        await #expect(throws: Own.self) {
          try await connection.savepoint { connection async throws in
            try await connection.query("insert into t values (5)")
            throw Own()
          }
        }
      }
      #expect(try await connection.value("select array_agg(a order by a) from t", as: [Int64].self) == [1, 2, 4])
    }
  }

  @Test func commitOfAFailedTransactionIsAnError() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      let error = try await postgresError {
        try await connection.transaction { connection async throws in
          try await connection.query("insert into t values (1)")
          _ = try? await connection.query("select 1/0")
        }
      }
      #expect(error.message.contains("rolled back"))
      let isInTransaction = await connection.isInTransaction
      #expect(!isInTransaction)
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  @Test func anErrorAtCommitIsThrown() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int unique deferrable initially deferred)")
      let error = try await postgresError {
        try await connection.transaction { _ = try await $0.query("insert into t values (1), (1)") }
      }
      #expect(error.sqlState == .uniqueViolation)
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  @Test func aTransactionInsideATransactionIsRefusedAndHarmsNothing() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      try await connection.transaction { connection async throws in
        try await connection.query("insert into t values (1)")
        let error = try await postgresError {
          try await connection.transaction { _ = try await $0.query("insert into t values (2)") }
        }
        #expect(error.code == .misuse)
        let isInTransaction = await connection.isInTransaction
        #expect(isInTransaction)
      }
      #expect(try await connection.value("select array_agg(a) from t", as: [Int64].self) == [1])
    }
  }

  @Test func cancellingTheTaskRollsBack() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      try await connection.execute("create table t (a int)")
      let task = Task {
        try await connection.transaction { connection async throws in
          try await connection.query("insert into t values (1)")
          try await connection.query("select pg_sleep(60)")
        }
      }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let isInTransaction = await connection.isInTransaction
      #expect(!isInTransaction)
      // Cancelled between the last statement and COMMIT.
      let late = Task {
        try await connection.transaction { connection async throws in
          try await connection.query("insert into t values (2)")
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
      await #expect(throws: CancellationError.self) { try await late.value }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
      await observer.close()
    }
  }

  @Test func aConnectionLostInTheMiddleIsReportedAndNothingIsCommitted() async throws {
    try await withConnection { connection, database async throws in
      let other = try await PostgresConnection.connect(database.connectionString)
      try await connection.execute("create table t (a int)")
      let error = try await postgresError {
        try await connection.transaction { connection async throws in
          try await connection.query("insert into t values (1)")
          try await other.query("select pg_terminate_backend(\(connection.backendPID)::int, 10000)")
        }
      }
      #expect(error.code == .connectionLost && error.sqlState == .adminShutdown, "\(error.detailedDescription)")
      let isClosed = await connection.isClosed
      #expect(isClosed)
      #expect(try await other.value("select count(*) from t", as: Int.self) == 0)
      await other.close()
    }
  }
}

private struct Own: Error {}
