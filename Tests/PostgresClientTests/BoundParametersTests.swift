import Testing

@testable import PostgresClient

@Suite struct BoundParametersTests {
  @Test func valuesAreLaidOutForLibpq() throws {
    let parameters: [PostgresParameter] = [.text("ab"), .null, .binary([0, 1, 0], typeOID: 17), .text("")]
    try BoundParameters.withBound(parameters) { count, types, values, lengths, formats in
      #expect(count == 4)
      let values = try #require(values)
      #expect(values[0].map { String(cString: $0) } == "ab")
      #expect(values[1] == nil)
      #expect(values[2].map { [$0[0], $0[1], $0[2]] } == [0, 1, 0])
      #expect(values[3].map { String(cString: $0) } == "")
      #expect((0..<4).map { lengths?[$0] } == [2, 0, 3, 0])
      #expect((0..<4).map { formats?[$0] } == [0, 0, 1, 0])
      #expect((0..<4).map { types?[$0] } == [0, 0, 17, 0])
    }
  }

  @Test func aNULByteIsRefusedByNumberAndWithoutItsValue() throws {
    let error = try #require(throws: PostgresError.self) {
      try BoundParameters.validate([.text("fine"), .text("sec\0ret")])
    }
    #expect(error.code == .invalidInput)
    #expect(error.message.contains("$2"))
    #expect(!error.detailedDescription.contains("ret"))
    #expect(error.hint != nil)
  }

  @Test func tooManyValuesAreRefused() throws {
    try BoundParameters.validate(Array(repeating: .null, count: 65_535))
    let error = try #require(throws: PostgresError.self) {
      try BoundParameters.validate(Array(repeating: .null, count: 65_536))
    }
    #expect(error.code == .invalidInput)
  }

  @Test(arguments: [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x61, 0x80]] as [[UInt8]])
  func badUTF8IsRefused(bytes: [UInt8]) throws {
    let error = try #require(throws: PostgresError.self) { try PostgresParameter.utf8(bytes) }
    #expect(error.code == .invalidInput)
    #expect(error.message.contains("UTF-8"))
  }

  @Test func goodUTF8IsBoundAsText() throws {
    #expect(try PostgresParameter.utf8(Array("žluťoučký 🐘".utf8)).shown == "žluťoučký 🐘")
  }
}
