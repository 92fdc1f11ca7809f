import Foundation
import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConnectingTests {
  @Test func keyValueTextAndURILeadToTheSameServer() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let cluster = database.cluster
      let socket = cluster.path.replacing("/", with: "%2F")
      for text in [
        database.connectionString, "postgresql://postgres@\(socket):\(cluster.port)/\(database.name)",
        "postgres:///\(database.name)?host=\(socket)&port=\(cluster.port)&user=postgres&application_name=own",
      ] {
        let connection = try await PostgresConnection.connect(text)
        #expect(try await connection.value("select current_database()", as: String.self) == database.name)
        #expect(
          try await connection.value("show application_name", as: String.self)
            == (text.contains("own") ? "own" : "trunkline"))
        #expect(try await connection.value("select pg_backend_pid()", as: Int32.self) == connection.backendPID)
        #expect(await connection.serverVersion >= 140000)
        #expect(await connection.reportedSetting("client_encoding") == "UTF8")
        await connection.close()
      }
    }
  }

  /// In a process of its own, for the environment belongs to the whole process.
  @Test func theEnvironmentIsHonoured() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let environment = database.cluster.environment(database: database.name)
      await #expect(processExitsWith: .success) { [environment = environment as [String: String]] in
        for (name, value) in environment { setenv(name, value, 1) }
        setenv("PGAPPNAME", "from the environment", 1)
        setenv("PGOPTIONS", "-c work_mem=3MB", 1)
        let connection = try await PostgresConnection.connect("")
        let database: String = try await connection.value("select current_database()")
        let name: String = try await connection.value("show application_name")
        let memory: String = try await connection.value("show work_mem")
        guard database == environment["PGDATABASE"], name == "from the environment", memory == "3MB" else { exit(1) }
        exit(0)
      }
    }
  }

  @Test func sessionSettingsAreMade() async throws {
    try await withConnection(configure: {
      $0.statementTimeout = .seconds(7)
      $0.sessionSettings = [("search_path", "a, \"b c\""), ("my.setting", "it's \\ \"x\"")]
    }) { connection, _ async throws in
      #expect(try await connection.value("show statement_timeout", as: String.self) == "7s")
      #expect(try await connection.value("show my.setting", as: String.self) == "it's \\ \"x\"")
      #expect(try await connection.value("show search_path", as: String.self) == "\"a, \"\"b c\"\"\"")
    }
    try await withDatabase(schemas: false) { database async throws in
      let configuration = PostgresConfiguration(database.connectionString, sessionSettings: [("nonsense", "1")])
      let error = try await postgresError { try await PostgresConnection.connect(configuration, logger: .quiet) }
      #expect(error.sqlState == .undefinedObject)
    }
  }

  @Test func aMalformedTextIsRefused() async throws {
    let error = try await postgresError { try await PostgresConnection.connect("host=x nonsense=1") }
    #expect(error.code == .invalidInput && error.message.contains("nonsense"))
  }

  @Test func aRefusedConnectionIsNamedWithAHint() async throws {
    let error = try await postgresError { try await PostgresConnection.connect("host=127.0.0.1 port=1 user=x") }
    #expect(error.code == .connectionFailed && error.isTransient && error.hint != nil)
    let socket = try await postgresError { try await PostgresConnection.connect("host=/nowhere user=x") }
    #expect(socket.code == .connectionFailed && socket.message.contains("/nowhere"))
  }

  @Test func aServerThatNeverAnswersEndsAtTheLimit() async throws {
    let silent = try SilentServer()
    let began = ContinuousClock.now
    let configuration = PostgresConfiguration(
      "host=127.0.0.1 port=\(silent.port) user=x", connectTimeout: .milliseconds(200))
    let error = try await postgresError { try await PostgresConnection.connect(configuration, logger: .quiet) }
    #expect(error.code == .timedOut && error.isTransient)
    #expect(ContinuousClock.now - began < .seconds(10))
    // `connect_timeout` counts whole seconds, two at least.
    let string = try await postgresError {
      try await PostgresConnection.connect("host=127.0.0.1 port=\(silent.port) user=x connect_timeout=1")
    }
    #expect(string.code == .timedOut)
    #expect(ContinuousClock.now - began < .seconds(14))
    let task = Task { try await PostgresConnection.connect("host=127.0.0.1 port=\(silent.port) user=x") }
    try await silent.awaitConnections(3)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func theNextServerIsTriedWhenOneRefusesOrNeverAnswers() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let silent = try SilentServer()
      let cluster = database.cluster
      // Three seconds for each; a loaded machine may need several rounds.
      let configuration = PostgresConfiguration(
        "connect_timeout=3 host=127.0.0.1,127.0.0.1,\(cluster.path) port=1,\(silent.port),\(cluster.port) user=postgres dbname=\(database.name)"
      )
      let connection = try await PostgresConnection.connect(configuration, retrying: .init(), logger: .quiet)
      #expect(try await connection.value("select current_database()", as: String.self) == database.name)
      await connection.close()
    }
  }

  @Test func thousandsOfShortSessionsAndQueriesLeakNothing() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let text = database.connectionString
      await #expect(processExitsWith: .success) { [text = text as String] in
        func once() async throws {
          for _ in 0..<100 {
            let connection = try await PostgresConnection.connect(text)
            for _ in 0..<20 { _ = try await connection.query("select repeat('x', 1000), \("y")") }
            _ = try await connection.stream("select generate_series(1, 100)") { rows in
              for try await row in rows { return try row.decode(0, as: Int.self) }
              return 0
            }
            let abandoned = Task { try await connection.query("select pg_sleep(30)") }
            abandoned.cancel()
            _ = try? await abandoned.value
            await connection.close()
          }
        }
        try await once()
        let files = ProcessMemory.openFiles
        let memory = ProcessMemory.resident
        for _ in 0..<5 { try await once() }
        guard ProcessMemory.openFiles <= files + 2, ProcessMemory.resident < memory + 10_000 else { exit(1) }
        exit(0)
      }
    }
  }
}
