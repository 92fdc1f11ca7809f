import Logging
import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct QueryTests {
  @Test func errorsCarryTheServersFields() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute(
        "create schema s; create table s.t (id int primary key, n int not null, constraint positive check (n > 0))")
      try await connection.query("insert into s.t values (1, 1)")
      let unique = try await #require(throws: PostgresError.self) {
        try await connection.query("insert into s.t values (\(1)::int, \(77_777)::int)")
      }
      #expect(unique.code == .server && unique.sqlState == .uniqueViolation && unique.severity == "ERROR")
      #expect(unique.schema == "s" && unique.table == "t" && unique.constraint == "t_pkey")
      #expect(unique.query == "insert into s.t values ($1::int, $2::int)")
      #expect(!unique.detailedDescription.contains("77777"), "the value that is not part of the key is nowhere")
      let null = try await #require(throws: PostgresError.self) {
        try await connection.query("insert into s.t values (2, \(nil as Int?))")
      }
      #expect(null.sqlState == .notNullViolation && null.column == "n")
      let check = try await #require(throws: PostgresError.self) {
        try await connection.query("insert into s.t values (2, 0)")
      }
      #expect(check.constraint == "positive")
      let raised = try await #require(throws: PostgresError.self) {
        try await connection.execute("do $$ begin raise 'no' using errcode = 'TL001', detail = 'd', hint = 'h'; end $$")
      }
      #expect(raised.sqlState == "TL001" && raised.detail == "d" && raised.hint == "h")
      #expect(raised.context?.contains("PL/pgSQL") == true)
    }
  }

  @Test func parametersInAnErrorsContextAreLeftOut() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("set log_parameter_max_length_on_error = -1")
      let error = try await #require(throws: PostgresError.self) {
        try await connection.query("select 1 / (length(\("s3cret")) - 6)")
      }
      #expect(error.sqlState == "22012")
      #expect(!error.detailedDescription.contains("s3cret"))
      #expect(error.context?.contains("parameters (left out)") == true)
    }
  }

  @Test func noticesGoToTheLog() async throws {
    let recorder = LogRecorder()
    try await withConnection(logger: recorder.logger) { connection, _ async throws in
      try await connection.execute(
        """
        do $$ begin
          raise notice 'hello' using detail = 'd', hint = 'h'; raise warning 'careful'; raise info 'by the way';
        end $$
        """)
    }
    let lines = recorder.lines
    #expect(lines.map(\.message) == ["hello", "careful", "by the way"])
    #expect(lines.map(\.level) == [.info, .warning, .info])
    #expect(lines.first?.metadata["detail"] == "d" && lines.first?.metadata["hint"] == "h")
  }

  @Test func scriptsRunAsOneTransaction() async throws {
    try await withConnection { connection, _ async throws in
      let last = try await connection.execute("create table t (a int); insert into t values (1), (2)")
      #expect(last.affectedRows == 2 && last.commandTag == "INSERT 0 2")
      await #expect(throws: PostgresError.self) { try await connection.execute("insert into t values (3); select 1/0") }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 2)
      #expect(try await connection.execute("").isEmpty)
    }
  }

  @Test func copyInTheWrongCallIsAnErrorAndTheConnectionStaysUsable() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int)")
      for attempt in [
        { _ = try await connection.execute("copy t from stdin") },
        { _ = try await connection.query("copy t to stdout") },
        { _ = try await connection.query("copy (select generate_series(1, 3000000)) to stdout") },
        { _ = try await connection.copyIn("select 1") { _ in } },
        { _ = try await connection.copyIn("copy t to stdout") { _ in } },
        { _ = try await connection.copyOut("copy t from stdin") { for try await _ in $0 {} } },
        { _ = try await connection.copyOut("insert into t values (5)") { for try await _ in $0 {} } },
        { _ = try await connection.stream("copy t from stdin") { for try await _ in $0 {} } },
        { _ = try await connection.stream("copy t to stdout") { for try await _ in $0 {} } },
      ] as [@Sendable () async throws -> Void] {
        let error = try await postgresError(attempt)
        #expect(error.code == .misuse, "\(error)")
        #expect(try await connection.value("select 7", as: Int.self) == 7)
      }
    }
  }

  @Test func preparedStatementsAreParsedOnceAndRecover() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a int); insert into t values (1)")
      let query = PostgresQuery("select * from t").prepared()
      for _ in 0..<3 { #expect(try await connection.query(query).count == 1) }
      #expect(try await connection.value("select count(*) from pg_prepared_statements", as: Int.self) == 1)
      for change in ["alter table t add b int", "deallocate all", "discard all"] {
        try await connection.execute(change)
        await #expect(throws: PostgresError.self) { try await connection.query(query) }
        #expect(try await connection.query(query).count == 1, "prepared anew after \(change)")
      }
      await #expect(throws: PostgresError.self) { try await connection.query(PostgresQuery("selct 1").prepared()) }
      // The same text with bytes instead of text is another statement.
      for _ in 0..<2 {
        #expect(try await connection.value(PostgresQuery("select length($1)", ["abc"]).prepared(), as: Int.self) == 3)
        #expect(
          try await connection.value(PostgresQuery("select length($1)", [[0, 1] as [UInt8]]).prepared(), as: Int.self)
            == 2)
      }
    }
  }

  @Test func theNumberOfPreparedStatementsIsBounded() async throws {
    try await withConnection { connection, _ async throws in
      for number in 0..<1100 {
        let query = PostgresQuery("select \(raw: "\(number)")").prepared()
        #expect(try await connection.value(query, as: Int.self) == number)
      }
      #expect(try await connection.value("select count(*) from pg_prepared_statements", as: Int.self) == 1000)
    }
  }

  @Test func callsOfManyTasksOnOneConnectionAreSerialized() async throws {
    try await withConnection { connection, _ async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask {
            switch number % 4 {
            case 0: #expect(try await connection.value("select \(number)::int", as: Int.self) == number)
            case 1:
              let rows = try await connection.stream("select \(number)::int from generate_series(1, 300)") { rows in
                var all: [Int] = []
                for try await row in rows { all.append(try row.decode(0)) }
                return all
              }
              #expect(rows == Array(repeating: number, count: 300))
            case 2:
              let results = try await connection.pipeline((0..<5).map { "select \(number * 10 + $0)::int" })
              #expect(try results.map { try $0[0].decode(0, as: Int.self) } == (0..<5).map { number * 10 + $0 })
            default:
              let bytes = try await connection.copyOut("copy (select \(number)) to stdout") { chunks in
                var all: [UInt8] = []
                for try await chunk in chunks { all += chunk }
                return all
              }
              #expect(String(decoding: bytes, as: UTF8.self) == "\(number)\n")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func aTaskCancelledWhileItWaitsForItsTurnLeavesAtOnce() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      let running = Task { try await connection.query("select pg_sleep(60)") }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")
      let waiting = Task { try await connection.query("create table never ()") }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")  // still
      running.cancel()
      await #expect(throws: CancellationError.self) { try await running.value }
      #expect(try await connection.value("select to_regclass('never') is null", as: Bool.self))
      await observer.close()
    }
  }

  @Test func closingEndsTheRunningStatement() async throws {
    try await withConnection { connection, database async throws in
      let observer = try await PostgresConnection.connect(database.connectionString)
      let running = Task { try await connection.query("select pg_sleep(60)") }
      let waiting = Task { [connection] in
        try await observer.awaitActivity(of: connection, running: "pg_sleep")
        return try await connection.query("select 1")
      }
      try await observer.awaitActivity(of: connection, running: "pg_sleep")
      await connection.close()
      let error = try await #require(throws: PostgresError.self) { try await running.value }
      #expect(error.code == .connectionLost)
      let second = try await #require(throws: PostgresError.self) { try await waiting.value }
      #expect(second.code == .misuse)
      #expect(await connection.isClosed)
      await observer.close()
    }
  }
}
