import EventFormats
import Testing

@Suite struct COPYTextTests {
  @Test func escapesWhatCopyEscapes() {
    var out: [UInt8] = []
    COPYText.append(row: ["a\tb", nil, "\\N", "x\ny\rz\u{08}\u{0b}\u{0c}", ""], to: &out)
    #expect(String(decoding: out, as: UTF8.self) == "a\\tb\t\\N\t\\\\N\tx\\ny\\rz\\b\\v\\f\t\n")
  }

  @Test func readsOctalHexAndUnknownEscapes() throws {
    let fields = try COPYText.fields(of: Array("\\101\\x42\\q\\x\t\\N\t\\.\t".utf8))
    #expect(fields == [Array("ABqx".utf8), nil, Array(".".utf8), []])
  }

  @Test(arguments: ["a\\", "a\nb", "\\\n"]) func refusesMalformed(_ line: String) {
    #expect(throws: FormatError.self) { try COPYText.fields(of: Array(line.utf8)) }
  }

  @Test(arguments: 0..<200) func roundTripsBytes(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let row: [[UInt8]?] = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      guard Bool.random(using: &random) else { return nil }
      return (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    var line: [UInt8] = []
    for (index, field) in row.enumerated() {
      if index > 0 { line.append(0x09) }
      if let field { COPYText.append(field, to: &line) } else { COPYText.appendNull(to: &line) }
    }
    line.append(0x0a)
    #expect(try COPYText.fields(of: line) == row)
    #expect(line.dropLast().allSatisfy { $0 != 0x0a })
  }
}
