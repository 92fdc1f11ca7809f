/// Reads the statements of a script one after the other.
struct ScriptReader {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1

  init(_ script: String) { bytes = Array(script.utf8) }

  /// The next statement and the line where it begins; nil at the end.
  mutating func next() -> (line: Int, text: String)? {
    while index < bytes.count {
      skipBlanks()
      let start = index
      let first = line
      let end = statementEnd()
      if end > start { return (first, String(decoding: bytes[start..<end], as: UTF8.self)) }
    }
    return nil
  }

  /// Blanks, comments and lone semicolons.
  private mutating func skipBlanks() {
    while let byte = byte() {
      if byte == UInt8(ascii: ";") || Self.isBlank(byte) {
        advance()
      } else if !skipComment() {
        return
      }
    }
  }

  /// Goes behind the semicolon of the statement, and returns where its text ends.
  private mutating func statementEnd() -> Int {
    var parentheses = 0
    var bodies = 0
    var words: [String] = []
    var end = index
    while let byte = byte() {
      switch byte {
      case UInt8(ascii: ";") where parentheses <= 0 && bodies <= 0:
        advance()
        return end
      case UInt8(ascii: "("): parentheses += 1
      case UInt8(ascii: ")"): parentheses -= 1
      default: break
      }
      if skipComment() { continue }
      if Self.isBlank(byte) {
        advance()
        continue
      }
      if Self.isWord(byte) {
        let word = self.word()
        if !skipQuoted(escapes: word == "e") { count(word, &words, &bodies) }
      } else if !skipQuoted(escapes: false), !skipDollarQuoted() {
        advance()
      }
      end = index
    }
    return end
  }

  /// Only the body of a function in SQL has semicolons of its own.
  private func count(_ word: String, _ words: inout [String], _ bodies: inout Int) {
    if words.count < 4 { words.append(word) }
    guard words.first == "create", words.contains("function") || words.contains("procedure") else { return }
    switch word {
    case "begin", "case": if bodies > 0 { bodies += 1 }
    case "atomic": if bodies == 0 { bodies = 1 }
    case "end": bodies -= 1
    default: break
    }
    bodies = max(bodies, 0)
  }

  private mutating func word() -> String {
    let start = index
    while let byte = byte(), Self.isWord(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == 36 {
      advance()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
  }

  /// `'text'` and `"name"`.
  private mutating func skipQuoted(escapes: Bool) -> Bool {
    guard let quote = byte(), quote == UInt8(ascii: "'") || (quote == UInt8(ascii: "\"") && !escapes) else {
      return false
    }
    advance()
    while let byte = byte() {
      advance()
      if byte == UInt8(ascii: "\\"), escapes { advance() }
      if byte == quote {
        guard self.byte() == quote else { break }
        advance()
      }
    }
    return true
  }

  /// `$tag$text$tag$`
  private mutating func skipDollarQuoted() -> Bool {
    guard byte() == UInt8(ascii: "$") else { return false }
    var close = index + 1
    while close < bytes.count, Self.isWord(bytes[close]) || (close > index + 1 && Self.isDigit(bytes[close])) {
      close += 1
    }
    guard close < bytes.count, bytes[close] == UInt8(ascii: "$") else { return false }
    let tag = Array(bytes[index...close])
    for _ in tag { advance() }
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "$"), bytes[index...].starts(with: tag) {
        for _ in tag { advance() }
        break
      }
      advance()
    }
    return true
  }

  private mutating func skipComment() -> Bool {
    if bytes[index...].starts(with: "--".utf8) {
      while let byte = byte(), byte != UInt8(ascii: "\n") { advance() }
      return true
    }
    guard bytes[index...].starts(with: "/*".utf8) else { return false }
    var depth = 0
    repeat {
      if bytes[index...].starts(with: "/*".utf8) {
        depth += 1
        advance()
      } else if bytes[index...].starts(with: "*/".utf8) {
        depth -= 1
        advance()
      }
      advance()
    } while depth > 0 && index < bytes.count
    return true
  }

  private func byte() -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func advance() {
    guard index < bytes.count else { return }
    if bytes[index] == UInt8(ascii: "\n") { line += 1 }
    index += 1
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isWord(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}
