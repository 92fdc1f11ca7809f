import EventFormats
import Testing

@Suite struct ChangeHeaderTests {
  @Test func writesWhatTheTriggerWrites() throws {
    let header = ChangeHeader(
      operation: .insert, table: try QualifiedName(schema: "public", name: "Odd \"t\""), key: ["id", "b"])
    #expect(header.text == #"{"op":"INSERT","table":["public","Odd \"t\""],"pkey":["id","b"]}"#)
    #expect(try ChangeHeader(parsing: header.text) == header)
  }

  @Test(arguments: ChangeOperation.allCases) func everyOperationRoundTrips(_ operation: ChangeOperation) throws {
    let header = ChangeHeader(operation: operation, table: try QualifiedName(schema: "s", name: "t"), key: [])
    #expect(try ChangeHeader(parsing: header.text) == header)
    #expect(ChangeOperation(letter: operation.letter) == operation)
  }

  @Test(arguments: [
    "", "I", "{}", #"{"op":"insert","table":["a","b"],"pkey":[]}"#, #"{"op":"INSERT","pkey":[]}"#,
    #"{"op":"INSERT","table":[],"pkey":[]}"#, #"{"op":"INSERT","table":["a","b","c"],"pkey":[]}"#,
    #"{"op":"INSERT","table":["a",""],"pkey":[]}"#, #"{"op":"INSERT","table":["a",1],"pkey":[]}"#,
    #"{"op":"INSERT","table":["a","b"],"pkey":"id"}"#,
  ])
  func refusesMalformed(_ text: String) {
    #expect(throws: FormatError.self) { try ChangeHeader(parsing: text) }
  }
}
