/// A position in the write-ahead log: a byte offset since the beginning of the cluster.
public struct LSN: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Byte offset.
  public let value: UInt64

  /// The position `value` bytes from the beginning.
  public init(_ value: UInt64) { self.value = value }

  /// Parses `X/Y`, two hexadecimal numbers of at most 8 digits.
  /// - Throws: `FormatError`.
  public init(parsing text: String) throws(FormatError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let high = Self.number(parts[0]), let low = Self.number(parts[1]) else {
      throw FormatError(format: "LSN", problem: "not two hexadecimal numbers with '/' between them", offset: 0)
    }
    value = UInt64(high) << 32 | UInt64(low)
  }

  private static func number(_ text: Substring) -> UInt32? {
    guard text.utf8.allSatisfy({ Hexadecimal.value($0) != nil }) else { return nil }
    return UInt32(text, radix: 16)
  }

  /// The form that PostgreSQL prints, for example `16/B374D848`.
  public var description: String {
    "\(String(value >> 32, radix: 16, uppercase: true))/\(String(value & 0xffff_ffff, radix: 16, uppercase: true))"
  }

  /// Earlier positions are smaller.
  public static func < (a: LSN, b: LSN) -> Bool { a.value < b.value }

  /// Bytes from `start` to here; negative when `start` is later.
  public func distance(from start: LSN) -> Int64 { Int64(bitPattern: value &- start.value) }
}
