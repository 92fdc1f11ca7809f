import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
  @Test func theServerStopsAndTheConnectionStaysUsable() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      for _ in 0..<20 {
        let task = Task { try await connection.query("select pg_sleep(60)") }
        try await observer.awaitActivity(of: connection, running: "pg_sleep")
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await observer.awaitIdle(connection)
        #expect(try await connection.value("select 5", as: Int.self) == 5)
      }
      await observer.close()
    }
  }

  /// The request may arrive before the statement does: it is repeated then.
  @Test func cancellingAtAnyMomentEndsSoonAndNeverHitsTheNextStatement() async throws {
    try await withConnection { connection, _ async throws in
      for round in 0..<300 {
        let task = Task { try await connection.query("select pg_sleep(20)") }
        for _ in 0..<round % 30 { await Task.yield() }
        task.cancel()
        let began = ContinuousClock.now
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - began < .seconds(8))
        for _ in 0..<3 { #expect(try await connection.value("select 5", as: Int.self) == 5) }
      }
    }
  }

  /// Statements that end while their cancel request is on its way.
  @Test func aLateRequestNeverHitsTheNextStatement() async throws {
    try await withConnection { connection, _ async throws in
      for round in 0..<300 {
        let task = Task { try await connection.query("select pg_sleep(0.0005)") }
        for _ in 0..<round % 40 { await Task.yield() }
        task.cancel()
        do { _ = try await task.value } catch is CancellationError {}
        #expect(try await connection.value("select 5 from pg_sleep(0.0005)", as: Int.self) == 5)
      }
    }
  }

  @Test func statementTimeoutsAreTheServers() async throws {
    try await withConnection(configure: { $0.statementTimeout = .milliseconds(50) }) { connection, _ async throws in
      let error = try await postgresError { try await connection.query("select pg_sleep(30)") }
      #expect(error.code == .server && error.sqlState == .queryCanceled)
      let stream = try await postgresError {
        try await connection.stream("select pg_sleep(0.01) from generate_series(1, 3000)") { for try await _ in $0 {} }
      }
      #expect(stream.code == .server && stream.sqlState == .queryCanceled)
    }
  }

  @Test func lockTimeoutsAreTheServers() async throws {
    try await withConnection(configure: { $0.lockTimeout = .milliseconds(30) }) { connection, database async throws in
      let other = try await PostgresConnection.connect(database.connectionString)
      try await other.execute("create table t (a int)")
      try await other.transaction { other async throws in
        try await other.query("lock table t")
        let error = try await postgresError { try await connection.query("select * from t") }
        #expect(error.sqlState == .lockNotAvailable && error.isTransient)
      }
      #expect(try await connection.query("select * from t").isEmpty)
      await other.close()
    }
  }

  @Test func aSilentNetworkAfterTheCancelCutsTheConnection() async throws {
    try await withProxy { cluster, proxy async throws in
      let observer = try await PostgresConnection.connect(cluster.connectionString())
      let configuration = PostgresConfiguration(
        cluster.tcpConnectionString(port: proxy.port), cancelGrace: .milliseconds(300))
      let connection = try await PostgresConnection.connect(configuration, logger: .quiet)
      let task = Task { try await connection.query("select pg_sleep(60)") }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")
      proxy.pause()
      task.cancel()
      let began = ContinuousClock.now
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(ContinuousClock.now - began < .seconds(10))
      let isClosed = await connection.isClosed
      #expect(isClosed)
      #expect(try await postgresError { try await connection.query("select 1") }.code == .connectionLost)
      proxy.resume()
      await observer.close()
    }
  }
}
