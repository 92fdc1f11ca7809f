import PostgresClient
import PostgresTesting
import Testing

/// Servers that die and networks that break, each on a private cluster.
@Suite(.timeLimit(.minutes(5))) struct BrokenConnectionTests {
  @Test func everyWayToStopAServerAmidAQueryIsALostConnection() async throws {
    try await PrivateCluster.with { cluster async throws in
      for ending in ["fast", "immediate", "kill"] {
        try await cluster.start()
        let connection = try await PostgresConnection.connect(cluster.connectionString())
        let observer = try await PostgresConnection.connect(cluster.connectionString())
        let task = Task { try await connection.query("select pg_sleep(60)") }
        try await observer.awaitActivity(of: connection, running: "pg_sleep")
        switch ending {
        case "fast": await cluster.stop(.fast)
        case "immediate": await cluster.stop(.immediate)
        default: await cluster.kill()
        }
        let error = try await postgresError { try await task.value }
        #expect(error.code == .connectionLost && error.isTransient, "\(ending): \(error)")
        if ending == "fast" { #expect(error.sqlState == .adminShutdown) }
        #expect(error.hint != nil)
        let isClosed = await connection.isClosed
        #expect(isClosed)
        #expect(try await postgresError { try await connection.query("select 1") }.code == .connectionLost)
        // The idle one notices with its next statement.
        #expect(try await postgresError { try await observer.query("select 1") }.code == .connectionLost)
        await connection.close()
        await observer.close()
      }
    }
  }

  @Test func aServerThatStopsAmidACopyEndsItAndCommitsNothing() async throws {
    try await PrivateCluster.with { cluster async throws in
      let setup = try await PostgresConnection.connect(cluster.connectionString())
      try await setup.execute("create table t (a int)")
      await setup.close()
      for isIn in [true, false] {
        let connection = try await PostgresConnection.connect(cluster.connectionString())
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
          if isIn {
            _ = try await connection.copyIn("copy t from stdin") { writer in
              while true {
                try await writer.write(String(repeating: "1\n", count: 10_000))
                start.yield()
              }
            }
          } else {
            try await connection.copyOut("copy (select generate_series(1, 2000000000)) to stdout") { chunks in
              for try await _ in chunks { start.yield() }
            }
          }
        }
        for await _ in started { break }
        await cluster.stop(.immediate)
        #expect(try await postgresError { try await task.value }.code == .connectionLost)
        await connection.close()
        try await cluster.start()
      }
      let check = try await PostgresConnection.connect(cluster.connectionString())
      #expect(try await check.value("select count(*) from t", as: Int.self) == 0)
      await check.close()
    }
  }

  @Test func aCutNetworkEndsEveryKindOfOperation() async throws {
    // The server looks for a client that vanished, so that the test need not wait for it.
    try await withProxy(settings: ["client_connection_check_interval": "20ms"]) { cluster, proxy async throws in
      let setup = try await PostgresConnection.connect(cluster.connectionString())
      try await setup.execute("create table t (a int)")
      let operations: [(String, @Sendable (PostgresConnection, @escaping @Sendable () -> Void) async throws -> Void)] =
        [
          (
            "query",
            { connection, ready in
              ready()
              try await connection.query("select pg_sleep(60)")
            }
          ),
          (
            "stream",
            { connection, ready in
              try await connection.stream("select generate_series(1, 2000000000)") { rows in
                for try await _ in rows { ready() }
              }
            }
          ),
          (
            "copy out",
            { connection, ready in
              try await connection.copyOut("copy (select generate_series(1, 2000000000)) to stdout") { chunks in
                for try await _ in chunks { ready() }
              }
            }
          ),
          (
            "copy in",
            { connection, ready in
              try await connection.copyIn("copy t from stdin") { writer in
                while true {
                  try await writer.write(String(repeating: "1\n", count: 10_000))
                  ready()
                }
              }
            }
          ),
          (
            "pipeline",
            { connection, ready in
              ready()
              _ = try await connection.pipeline((0..<100).map { _ in "insert into t select 1 from pg_sleep(1)" })
            }
          ),
          (
            "notifications",
            { connection, ready in
              try await connection.listen("c")
              ready()
              _ = try await connection.waitForNotification()
            }
          ),
          (
            "transaction",
            { connection, ready in
              try await connection.transaction { connection async throws in
                try await connection.query("insert into t values (1)")
                ready()
                try await connection.query("select pg_sleep(60)")
              }
            }
          ),
        ]
      for (name, operation) in operations {
        let connection = try await PostgresConnection.connect(cluster.tcpConnectionString(port: proxy.port))
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let task = Task { try await operation(connection) { start.yield() } }
        for await _ in started { break }
        proxy.cut()
        let error = try await postgresError { try await task.value }
        #expect(error.code == .connectionLost, "\(name): \(error)")
        await connection.close()
      }
      try await pollUntil("the server to notice") {
        try await setup.value(
          "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
          as: Int.self) == 0
      }
      #expect(try await setup.value("select count(*) from t", as: Int.self) == 0)
      await setup.close()
    }
  }

  /// The commit's fate is unknown then, also for a task that was cancelled meanwhile.
  @Test func aConnectionLostDuringCommitIsNeverTakenForACancellation() async throws {
    try await withProxy { cluster, proxy async throws in
      let observer = try await PostgresConnection.connect(cluster.connectionString())
      try await observer.execute(
        """
        create table t (a int);
        create function wait() returns trigger language plpgsql as 'begin perform pg_sleep(60); return null; end';
        create constraint trigger slow after insert on t deferrable initially deferred for each row execute function wait();
        """)
      let configuration = PostgresConfiguration(
        cluster.tcpConnectionString(port: proxy.port), cancelGrace: .milliseconds(300))
      for isCancelled in [false, true] {
        let connection = try await PostgresConnection.connect(configuration, logger: .quiet)
        let task = Task {
          try await connection.transaction { _ = try await $0.query("insert into t values (1)") }
        }
        try await observer.awaitActivity(of: connection, running: "commit", wait: "PgSleep")
        if isCancelled {
          proxy.pause()
          task.cancel()
        } else {
          proxy.cut()
        }
        #expect(try await postgresError { try await task.value }.code == .connectionLost)
        proxy.resume()
        await connection.close()
      }
      await observer.close()
    }
  }

  @Test func reconnectingWaitsForTheServerAndGivesUpWhenToldTo() async throws {
    try await PrivateCluster.with { cluster async throws in
      await cluster.stop()
      let configuration = PostgresConfiguration(cluster.connectionString())
      let recorder = LogRecorder()
      let task = Task {
        try await PostgresConnection.connect(
          configuration, retrying: ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(50)),
          logger: recorder.logger)
      }
      try await pollUntil("three failures") { recorder.lines.filter { $0.message.contains("trying again") }.count >= 3 }
      try await cluster.start()
      let connection = try await task.value
      #expect(try await connection.value("select 1", as: Int.self) == 1)
      await connection.close()
      await cluster.stop()

      let limited = ReconnectPolicy(initialDelay: .milliseconds(1), maximumAttempts: 3)
      let error = try await postgresError {
        _ = try await PostgresConnection.connect(configuration, retrying: limited, logger: .quiet)
      }
      #expect(error.code == .connectionFailed && error.isTransient)
      let endless = Task { try await PostgresConnection.connect(configuration, retrying: .init(), logger: .quiet) }
      endless.cancel()
      await #expect(throws: CancellationError.self) { try await endless.value }
    }
  }

  @Test func aWrongPasswordOrDatabaseIsNotTriedAgain() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let configuration = PostgresConfiguration(database.connectionString + " dbname=nowhere")
      let error = try await postgresError {
        _ = try await PostgresConnection.connect(configuration, retrying: .init(), logger: .quiet)
      }
      #expect(error.sqlState == .undefinedDatabase && !error.isTransient)
    }
  }
}
