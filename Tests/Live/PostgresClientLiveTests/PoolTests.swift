import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct PoolTests {
  func withPool(_ limit: Int, _ body: (PostgresPool, TestDatabase) async throws -> Void) async throws {
    try await withDatabase(schemas: false) { database async throws in
      let pool = PostgresPool(
        PostgresConfiguration(database.connectionString), maximumConnections: limit, logger: .quiet)
      try await body(pool, database)
      await pool.shutDown()
    }
  }

  @Test func fiftyTasksShareFiveConnections() async throws {
    try await withPool(5) { pool, _ async throws in
      let backends = Shared<Set<Int32>>([])
      let lent = Shared((now: 0, most: 0))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 {
          group.addTask {
            for _ in 0..<10 {
              try await pool.withConnection { connection async throws in
                lent.change {
                  $0.now += 1
                  $0.most = max($0.most, $0.now)
                }
                // The first ones stay until all five are lent.
                try await pollUntil("five connections to be lent", interval: .milliseconds(2)) { lent.value.most >= 5 }
                backends.change { _ = $0.insert(connection.backendPID) }
                #expect(try await connection.value("select \(number)::int", as: Int.self) == number)
                lent.change { $0.now -= 1 }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(lent.value.most == 5)
      #expect(backends.value.count == 5)
    }
  }

  @Test func waitersAreServedInOrderAndACancelledOneLeaves() async throws {
    try await withPool(1) { pool, _ async throws in
      let order = Shared<[Int]>([])
      let (inside, enter) = AsyncStream.makeStream(of: Void.self)
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let holder = Task {
        try await pool.withConnection { _ in
          enter.yield()
          for await _ in gate { break }
        }
      }
      for await _ in inside { break }
      var waiters: [Task<Void, any Error>] = []
      for number in 0..<5 {
        waiters.append(
          Task { try await pool.withConnection { _ in order.change { $0.append(number) } } })
        try await pollUntil("the request to be queued") { await pool.waitingRequests == number + 1 }
      }
      waiters[2].cancel()
      await #expect(throws: CancellationError.self) { try await waiters[2].value }
      open.yield()
      for number in [0, 1, 3, 4] { try await waiters[number].value }
      try await holder.value
      #expect(order.value == [0, 1, 3, 4])
    }
  }

  @Test func whatComesBackInATransactionIsRolledBack() async throws {
    try await withPool(1) { pool, _ async throws in
      await #expect(throws: Own.self) {
        try await pool.withConnection { connection async throws in
          try await connection.execute("create table t (a int); insert into t values (1)")
          try await connection.execute("begin; insert into t values (2)")
          throw Own()
        }
      }
      try await pool.withConnection { connection async throws in
        let isInTransaction = await connection.isInTransaction
        #expect(!isInTransaction)
        #expect(try await connection.value("select count(*) from t", as: Int.self) == 1)
        _ = try await connection.execute("begin")
        _ = try? await connection.execute("select 1/0")
      }
      #expect(try await pool.withConnection { try await $0.value("select 1", as: Int.self) } == 1)
    }
  }

  @Test func brokenConnectionsAreReplaced() async throws {
    try await withPool(2) { pool, database async throws in
      let other = try await PostgresConnection.connect(database.connectionString)
      // Broken while lent.
      _ = try? await pool.withConnection { connection async throws in
        try await other.query("select pg_terminate_backend(\(connection.backendPID)::int, 10000)")
        try await connection.query("select 1")
      }
      #expect(try await pool.withConnection { try await $0.value("select 1", as: Int.self) } == 1)
      // Broken while idle: the pool notices before it lends.
      let idle = try await pool.withConnection { $0.backendPID }
      try await other.query("select pg_terminate_backend(\(idle)::int, 10000)")
      #expect(try await pool.withConnection { try await $0.value("select 1", as: Int.self) } == 1)
      // Closed by the borrower.
      try await pool.withConnection { await $0.close() }
      #expect(try await pool.withConnection { try await $0.value("select 1", as: Int.self) } == 1)
      await other.close()
    }
  }

  @Test func aFailedConnectFreesItsPlace() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let pool = PostgresPool(
        PostgresConfiguration(database.connectionString + " user=nobody_at_all"), maximumConnections: 1, logger: .quiet)
      try await withThrowingTaskGroup(of: PostgresError.self) { group in
        for _ in 0..<5 {
          group.addTask { try await postgresError { try await pool.withConnection { _ in } } }
        }
        for try await error in group { #expect(error.code == .connectionFailed && error.sqlState == "28000") }
      }
      await pool.shutDown()
    }
  }

  @Test func afterShutDownRequestsAreRefusedAndLentConnectionsClose() async throws {
    try await withPool(1) { pool, database async throws in
      let other = try await PostgresConnection.connect(database.connectionString)
      let waiting = try await pool.withConnection { connection async throws in
        let waiting = Task { try await pool.withConnection { _ in } }
        try await pollUntil("the request to be queued") { await pool.waitingRequests == 1 }
        await pool.shutDown()
        #expect(try await connection.value("select 1", as: Int.self) == 1)
        return waiting
      }
      #expect(try await postgresError { try await waiting.value }.code == .misuse)
      #expect(try await postgresError { try await pool.withConnection { _ in } }.code == .misuse)
      try await pollUntil("the lent connection to close") {
        try await other.value(
          "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
          as: Int.self) == 0
      }
      await other.close()
    }
  }
}

private struct Own: Error {}
