/// The end of a text that comes in pieces, for its last line.
struct TextTail {
  private var bytes: [UInt8] = []
  private static let limit = 4096

  mutating func append(_ chunk: [UInt8]) {
    bytes += chunk
    if bytes.count > 4 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }

  /// The last line that holds something, at most 1000 characters, without what PostgreSQL cannot store.
  var lastLine: String {
    let text = String(decoding: bytes.suffix(Self.limit).filter { $0 != 0 }, as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) } ?? ""
    return String(line.suffix(1000))
  }
}
