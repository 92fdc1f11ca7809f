import PostgresClient
import PostgresTesting
import Testing

@Suite struct SmokeTests {
  @Test(.timeLimit(.minutes(5))) func everyOperationOnce() async throws {
    try await withDatabase(schemas: false) { database async throws in
      let connection = try await PostgresConnection.connect(.init(database.connectionString))
      #expect(try await connection.query("select 1").first?.decode(0, as: Int.self) == 1)
      let (text, number) = try #require(
        try await connection.query("select \("a'b")::text, \(42)::int").first
      ).decode(String.self, Int.self)
      #expect(text == "a'b" && number == 42)

      let sum = try await connection.stream("select i from generate_series(1, 10000) i") { rows in
        var sum = 0
        for try await row in rows { sum += try row.decode(0, as: Int.self) }
        return sum
      }
      #expect(sum == 50_005_000)

      try await connection.execute("create table t (id int primary key, name text)")
      let copied = try await connection.copyIn("copy t from stdin") { writer in
        try await writer.write("1\tone\n2\ttwo\n")
        try await writer.write("3\tthree\n")
      }
      #expect(copied == 3)
      for _ in 0..<2 {
        let text2 = try await connection.copyOut("copy (select * from t order by id) to stdout") { chunks in
          var all: [UInt8] = []
          for try await chunk in chunks { all += chunk }
          return String(decoding: all, as: UTF8.self)
        }
        #expect(text2 == "1\tone\n2\ttwo\n3\tthree\n")
      }

      let results = try await connection.pipeline((10..<20).map { "insert into t values (\($0), 'x')" })
      #expect(results.map(\.affectedRows) == Array(repeating: 1, count: 10))

      try await connection.listen("channel")
      #expect(try await connection.waitForNotification(timeout: .milliseconds(20)) == nil)
      try await connection.execute("notify channel, 'hello'")
      #expect(try await connection.waitForNotification(timeout: .seconds(5))?.payload == "hello")

      try await connection.transaction { connection async throws in
        _ = try await connection.query("delete from t")
      }
      #expect(try await connection.query("select count(*) from t").first?.decode(0, as: Int.self) == 0)

      let task = Task { try await connection.query("select pg_sleep(60)") }
      let observer = try await PostgresConnection.connect(.init(database.connectionString))
      try await pollUntil("the query to run", timeout: .seconds(10), interval: .milliseconds(5)) {
        try await observer.query(
          "select 1 from pg_stat_activity where pid = \(connection.backendPID) and state = 'active'"
        ).count == 1
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await connection.query("select 1").count == 1)
    }
  }
}
