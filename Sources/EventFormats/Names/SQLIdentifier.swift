/// A name of something in a database: at least 1 and at most 63 characters, without NUL.
///
/// The server's limit is 63 bytes in the encoding of its database. A name of 63 one-byte characters there has more bytes
/// in UTF-8, so characters are counted here and the rest is left to the server.
public struct SQLIdentifier: Hashable, Sendable, CustomStringConvertible {
  /// The name itself, as the catalogs store it.
  public let name: String

  /// The most characters that any database allows in a name.
  public static let maximumLength = 63

  /// Checks a name as the catalogs store it.
  /// - Throws: `FormatError` when it is empty, longer than 63 characters, or holds NUL.
  public init(_ name: String) throws(FormatError) {
    guard !name.isEmpty else { throw Self.error("empty name") }
    let length = name.unicodeScalars.count
    guard length <= Self.maximumLength else {
      throw Self.error("name of \(length) characters, more than \(Self.maximumLength)", offset: Self.maximumLength)
    }
    guard !name.utf8.contains(0) else { throw Self.error("NUL in a name") }
    self.name = name
  }

  /// The name as it must be written in SQL: in quotes only when it needs them.
  public var quoted: String { Self.quote(name) }

  /// The same as `quoted`.
  public var description: String { quoted }

  /// Any text as a name in SQL; what the length limit is, the server knows.
  public static func quote(_ name: String) -> String {
    isPlain(name) ? name : "\"\(name.doubling(UInt8(ascii: "\"")))\""
  }

  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first) else { return false }
    return name.utf8.allSatisfy { isLetter($0) || isDigit($0) } && !SQLKeywords.needQuotes.contains(name)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func error(_ problem: String, offset: Int = 0) -> FormatError {
    FormatError(format: "SQL name", problem: problem, offset: offset)
  }
}
