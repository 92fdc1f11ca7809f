/// Reads names separated by dots, each plain or in quotes.
struct NameParser {
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func parse() throws(FormatError) -> [SQLIdentifier] {
    var parts: [SQLIdentifier] = []
    while true {
      let start = index
      let part = index < bytes.count && bytes[index] == UInt8(ascii: "\"") ? try quoted() : try plain()
      do {
        parts.append(try SQLIdentifier(part))
      } catch {
        throw FormatError(format: error.format, problem: error.problem, offset: start)
      }
      if index == bytes.count { return parts }
      guard bytes[index] == UInt8(ascii: ".") else { throw error("unexpected character after a name") }
      index += 1
    }
  }

  private func error(_ problem: String) -> FormatError {
    FormatError(format: "SQL name", problem: problem, offset: index)
  }

  private mutating func quoted() throws(FormatError) -> String {
    index += 1
    var out: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte != UInt8(ascii: "\"") {
        out.append(byte)
      } else if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
        out.append(byte)
        index += 1
      } else {
        return String(decoding: out, as: UTF8.self)
      }
    }
    throw error("quote without end")
  }

  private mutating func plain() throws(FormatError) -> String {
    let start = index
    var out: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): out.append(byte + 32)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), 0x80...: out.append(byte)
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "$"):
        guard index > start else { throw error("name starts with a digit or '$'") }
        out.append(byte)
      case UInt8(ascii: "."):
        return String(decoding: out, as: UTF8.self)
      default:
        throw error("character that needs quotes")
      }
      index += 1
    }
    return String(decoding: out, as: UTF8.self)
  }
}
