/// Reads the fragments of statements that `sqltriga` writes: names, literals, `=`, and a few words.
struct PartialSQLParser {
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func insert() throws(FormatError) -> [ColumnValue] {
    try expect("(")
    var names: [String] = []
    if !take(")") {
      repeat { names.append(try name()) } while take(",")
      try expect(")")
    }
    try expect(word: "values")
    try expect("(")
    var columns: [ColumnValue] = []
    for (position, name) in names.enumerated() {
      if position > 0 { try expect(",") }
      columns.append(ColumnValue(name, try value()))
    }
    try expect(")")
    return columns
  }

  /// `name=value` pairs, separated by a comma or by a word.
  mutating func assignments(separator: String) throws(FormatError) -> [ColumnValue] {
    var columns: [ColumnValue] = []
    repeat {
      let name = try name()
      try expect("=")
      columns.append(ColumnValue(name, try value()))
    } while separator == "," ? take(",") : take(word: separator)
    return columns
  }

  mutating func expect(word: String) throws(FormatError) {
    guard take(word: word) else { throw error("no '\(word)'") }
  }

  mutating func expectEnd() throws(FormatError) {
    skipSpace()
    guard index == bytes.count else { throw error("text after the end") }
  }

  private func error(_ problem: String) -> FormatError {
    FormatError(format: "partial SQL", problem: problem, offset: index)
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0d).contains(byte) { index += 1 }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: scalar) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(FormatError) {
    guard take(scalar) else { throw error("no '\(scalar)'") }
  }

  /// Takes a lower-case word in either case, if it comes next and ends there.
  private mutating func take(word: String) -> Bool {
    skipSpace()
    let end = index + word.utf8.count
    guard end <= bytes.count, zip(bytes[index..<end], word.utf8).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
    guard end == bytes.count || !Self.isNamePart(bytes[end]) else { return false }
    index = end
    return true
  }

  private mutating func name() throws(FormatError) -> String {
    skipSpace()
    if next == UInt8(ascii: "\"") { return try delimited(by: UInt8(ascii: "\""), escapes: false) }
    let start = index
    while let byte = next, Self.isNamePart(byte) { index += 1 }
    guard index > start else { throw error("no column name") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func value() throws(FormatError) -> String? {
    skipSpace()
    if take(word: "null") { return nil }
    if next == UInt8(ascii: "'") { return try delimited(by: UInt8(ascii: "'"), escapes: false) }
    if next == UInt8(ascii: "E") || next == UInt8(ascii: "e"), index + 1 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "'")
    {
      index += 1
      return try delimited(by: UInt8(ascii: "'"), escapes: true)
    }
    let start = index
    while let byte = next,
      Self.isNamePart(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "+")
    {
      index += 1
    }
    guard index > start else { throw error("no value") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// Text between `quote`s, in which a doubled quote is one; with `escapes`, also a backslash and what follows it.
  private mutating func delimited(by quote: UInt8, escapes: Bool) throws(FormatError) -> String {
    index += 1
    var out: [UInt8] = []
    while let byte = next {
      index += 1
      if byte == quote {
        guard next == quote else { return String(decoding: out, as: UTF8.self) }
        index += 1
        out.append(quote)
      } else if escapes, byte == UInt8(ascii: "\\") {
        guard let escaped = next else { break }
        index += 1
        out.append(Self.meaning(of: escaped))
      } else {
        out.append(byte)
      }
    }
    throw error("quote without end")
  }

  private static func meaning(of escaped: UInt8) -> UInt8 {
    switch escaped {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: escaped
    }
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }
}
