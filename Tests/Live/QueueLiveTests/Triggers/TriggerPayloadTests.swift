import PostgresTesting
import Testing

@Suite struct TriggerPayloadTests {
  enum Function: String, CaseIterable {
    case logutriga, sqltriga, jsontriga

    var expected: [String: String] {
      switch self {
      case .logutriga: LogutrigaPayloads.expected
      case .sqltriga: SqltrigaPayloads.expected
      case .jsontriga: JsontrigaPayloads.expected
      }
    }
  }

  @Test(arguments: Function.allCases)
  func everyByteIsAsExpected(_ function: Function) async throws {
    try await withDatabase { database in try await check(function, on: database) }
  }

  /// The expectations themselves are right: the original meets them, too.
  @Test(.originalExtension, arguments: Function.allCases)
  func originalMakesTheSame(_ function: Function) async throws {
    try await withDatabase(schemas: false) { database in
      try await OriginalPgQ.createExtension(in: database)
      try await check(function, on: database)
    }
  }

  private func check(_ function: Function, on database: TestDatabase) async throws {
    let session = try await QueueSession(database)
    for (number, scenario) in TriggerScenario.all.enumerated() {
      let result = try await scenario.run(function.rawValue, queue: "q\(number)", on: session.connection)
      #expect(result == function.expected[scenario.name], "\(scenario.name)")
    }
  }
}
