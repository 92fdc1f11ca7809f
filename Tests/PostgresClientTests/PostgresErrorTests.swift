import Testing

@testable import PostgresClient

@Suite struct PostgresErrorTests {
  @Test func libpqsVerboseTextGivesTheSQLState() {
    let error = PostgresError.connecting(
      """
      connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "joe"
      LOCATION:  auth_failed, auth.c:338

      """)
    #expect(error.code == .connectionFailed)
    #expect(error.sqlState == "28P01")
    #expect(!error.isTransient)
    #expect(
      error.message
        == #"connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "joe""#
    )
    #expect(error.hint?.contains(".pgpass") == true)
  }

  @Test func aRefusedConnectionMayPass() {
    let error = PostgresError.connecting(
      """
      connection to server at "127.0.0.1", port 1 failed: Connection refused
      \tIs the server running on that host and accepting TCP/IP connections?
      """)
    #expect(error.sqlState == nil)
    #expect(error.isTransient)
  }

  @Test(
    arguments: [
      ("57P03", true), ("53300", true), ("3D000", false), ("28000", false), ("28P01", false),
    ] as [(SQLState, Bool)])
  func whetherToConnectAgainIsToldByTheState(state: SQLState, isTransient: Bool) {
    let error = PostgresError.connecting("connection failed: FATAL:  \(state.rawValue): something")
    #expect(error.sqlState == state)
    #expect(error.isTransient == isTransient)
  }

  @Test func theQueryIsShortened() throws {
    let error = PostgresError(.server, "x", query: String(repeating: "s", count: 5000))
    #expect(try #require(error.query).count == 1003)
  }

  @Test func descriptionsNameWhatIsKnown() {
    var error = PostgresError(.server, "duplicate key", hint: "do not", query: "insert into t values ($1)")
    error.sqlState = .uniqueViolation
    error.constraint = "t_pkey"
    #expect(error.description == "duplicate key (SQLSTATE 23505); hint: do not")
    #expect(error.detailedDescription.contains("constraint: t_pkey"))
    #expect(error.detailedDescription.contains("query: insert into t values ($1)"))
  }

  @Test(arguments: [
    (SQLState.serializationFailure, true), (.deadlockDetected, true), (.lockNotAvailable, true), ("08006", true),
    ("53400", true), (.uniqueViolation, false), (.undefinedTable, false), (.insufficientPrivilege, false),
  ])
  func transientStates(state: SQLState, expected: Bool) {
    #expect(state.isTransient == expected)
  }
}
