import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ValueTests {
  @Test func everyDecodableTypeSurvivesTheTrip() async throws {
    try await withConnection { connection, _ async throws in
      #expect(try await connection.value("select \(Int.max)::int8", as: Int.self) == .max)
      #expect(try await connection.value("select \(Int64.min)::int8", as: Int64.self) == .min)
      #expect(try await connection.value("select \(Int32.min)::int4", as: Int32.self) == .min)
      #expect(try await connection.value("select \(UInt32.max)::oid", as: UInt32.self) == .max)
      #expect(try await connection.value("select 18446744073709551615", as: UInt64.self) == .max)
      #expect(try await connection.value("select \(true)::bool", as: Bool.self))
      #expect(try await connection.value("select \(false)::bool", as: Bool.self) == false)
      #expect(try await connection.value("select \("žluť 🐘\n'\"\\")::text", as: String.self) == "žluť 🐘\n'\"\\")
      #expect(try await connection.value("select ''::text", as: String.self) == "")
      #expect(
        try await connection.value("select \(["a", "", "NULL", "q\"\\,"])::text[]") == ["a", "", "NULL", "q\"\\,"])
      #expect(try await connection.value("select \(["a", nil])::text[]", as: [String?].self) == ["a", nil])
      #expect(try await connection.value("select \([Int64.min, 0, .max])::int8[]") == [Int64.min, 0, .max])
      #expect(try await connection.value("select '{}'::text[]") == [String]())
    }
  }

  @Test(arguments: [
    0.1, -0.0, 5e-324, 1.7976931348623157e308, .pi, .infinity, -.infinity, 1e15, 123456789.125,
  ])
  func doublesSurviveTheTrip(value: Double) async throws {
    try await withConnection { connection, _ async throws in
      let back: Double = try await connection.value("select \(value)::float8")
      #expect(back.bitPattern == value.bitPattern)
      #expect(try await connection.value("select \(Double.nan)::float8", as: Double.self).isNaN)
    }
  }

  @Test func allByteValuesSurviveInBinary() async throws {
    try await withConnection { connection, _ async throws in
      let bytes = (0...255).map { UInt8($0) }
      #expect(try await connection.value("select \(bytes)") == bytes)
      #expect(try await connection.value("select \([] as [UInt8])") == [] as [UInt8])
      #expect(try await connection.value("select length(\(bytes))", as: Int.self) == 256)
      // Text and numbers in their types' binary form.
      let query = PostgresQuery(
        "select $1 + 1, $2 || '!'",
        [PostgresParameter.binary([0, 0, 1, 0], typeOID: 23), PostgresParameter.binary(Array("hé".utf8), typeOID: 25)])
      let (number, text) = try #require(try await connection.query(query).first).decode(Int.self, String.self)
      #expect(number == 257 && text == "hé!")
    }
  }

  @Test func nullIsAnErrorUnlessOptional() async throws {
    try await withConnection { connection, _ async throws in
      let row = try #require(try await connection.query("select \(nil as Int?)::int as n, 1 as one").first)
      #expect(try row.decode("n", as: Int?.self) == nil)
      #expect(try row.decode("one", as: Int?.self) == 1)
      let error = try #require(throws: PostgresError.self) { try row.decode("n", as: Int.self) }
      #expect(error.code == .decoding && error.message.contains("\"n\" is NULL"))
    }
  }

  @Test func wrongTypesAndColumnsAreNamed() async throws {
    try await withConnection { connection, _ async throws in
      let row = try #require(try await connection.query("select 'x'::text as \"Name\", 99999999999::int8 as big").first)
      #expect(try row.decode("Name", as: String.self) == "x")
      for attempt in [
        { _ = try row.decode("Name", as: Int.self) }, { _ = try row.decode("big", as: Int32.self) },
        { _ = try row.decode("Name", as: Bool.self) }, { _ = try row.decode("Name", as: Double.self) },
        { _ = try row.decode("Name", as: [String].self) },
        { _ = try row.decode("name", as: String.self) }, { _ = try row.decode(2, as: Int.self) },
        { _ = try row.decode(-1, as: Int.self) },
      ] as [() throws -> Void] {
        #expect(try #require(throws: PostgresError.self, performing: attempt).code == .decoding)
      }
    }
  }

  @Test func aNULByteIsRefusedEverywhereAndNothingIsSent() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a text)")
      for attempt in [
        { _ = try await connection.query("insert into t values (\("a\0b"))") },
        { _ = try await connection.query("insert into t values ('a\0b')") },
        { _ = try await connection.execute("insert into t values ('a\0b')") },
        { _ = try await connection.query(PostgresQuery("insert into t values ('a\0b')").prepared()) },
        { _ = try await connection.pipeline(["insert into t values ('x')", "insert into t values (\("a\0b"))"]) },
        { _ = try await connection.copyIn("copy t from stdin\0 x") { try await $0.write("a\n") } },
        { _ = try await connection.stream("select \("a\0b")") { for try await _ in $0 {} } },
        { _ = try await connection.listen("a\0b") },
      ] as [@Sendable () async throws -> Void] {
        let error = try await postgresError(attempt)
        #expect(error.code == .invalidInput)
        #expect(error.message.contains("NUL"))
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  @Test func badUTF8InACopyIsRefusedWithItsLine() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.execute("create table t (a text)")
      for bytes in [[0x61, 0x0a, 0xff, 0x0a], [0x61, 0x0a, 0x00, 0x0a]] as [[UInt8]] {
        let error = try await #require(throws: PostgresError.self) {
          try await connection.copyIn("copy t from stdin") { try await $0.write(bytes) }
        }
        #expect(error.sqlState == "22021")
        #expect(error.context?.contains("line 2") == true)
      }
      #expect(try await connection.value("select count(*) from t", as: Int.self) == 0)
    }
  }

  @Test func textOfADatabaseWithoutEncodingIsReadAsBytes() async throws {
    try await SharedCluster.withDatabase(schemas: false, options: "encoding 'SQL_ASCII' locale 'C'") { database in
      let connection = try await PostgresConnection.connect(database.connectionString)
      let sql: PostgresQuery = "select E'a\\377'::text"
      // The server converts to UTF-8 for us, and says so when it cannot.
      #expect(try await postgresError { try await connection.query(sql) }.sqlState == "22021")
      try await connection.execute("set client_encoding = sql_ascii")
      let row = try #require(try await connection.query(sql).first)
      #expect(try row.decode(0, as: [UInt8].self) == [0x61, 0xff])
      let error = try #require(throws: PostgresError.self) { try row.decode(0, as: String.self) }
      #expect(error.code == .decoding && error.message.contains("UTF-8"))
      await connection.close()
    }
  }
}
