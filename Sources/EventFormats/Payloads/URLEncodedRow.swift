/// The row format of `pgq.logutriga`: `col=val&col2=val2`, in which a key without `=` is NULL.
///
/// A blank is `+`; `0-9A-Za-z_.-` stand for themselves; every other byte is `%xx` in lower-case hexadecimal.
public enum URLEncodedRow {
  private static let format = "URL-encoded row"

  /// The encoded text, byte for byte what the triggers write.
  public static func encode(_ columns: [ColumnValue]) -> String {
    var out: [UInt8] = []
    for (index, column) in columns.enumerated() {
      if index > 0 { out.append(UInt8(ascii: "&")) }
      append(column.name, to: &out)
      if let value = column.value {
        out.append(UInt8(ascii: "="))
        append(value, to: &out)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The columns in the order of the text. Lower- and upper-case hexadecimal digits are understood.
  /// - Parameter repairing: whether bytes that are not UTF-8 after decoding become U+FFFD, instead of being an error.
  /// - Throws: `FormatError` for a bad `%` sequence or bytes that are not UTF-8 after decoding.
  public static func decode(_ text: String, repairing: Bool = false) throws(FormatError) -> [ColumnValue] {
    let bytes = Array(text.utf8)
    var columns: [ColumnValue] = []
    guard !bytes.isEmpty else { return columns }
    for pair in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
      if let equals = pair.firstIndex(of: UInt8(ascii: "=")) {
        columns.append(
          ColumnValue(try unescape(pair[..<equals], repairing), try unescape(pair[(equals + 1)...], repairing)))
      } else {
        columns.append(ColumnValue(try unescape(pair, repairing), nil))
      }
    }
    return columns
  }

  private static func append(_ text: String, to out: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: " "): out.append(UInt8(ascii: "+"))
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        out.append(byte)
      default:
        out.append(UInt8(ascii: "%"))
        out.append(Hexadecimal.digit(byte >> 4))
        out.append(Hexadecimal.digit(byte & 15))
      }
    }
  }

  private static func unescape(_ bytes: ArraySlice<UInt8>, _ repairing: Bool) throws(FormatError) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.endIndex, let high = Hexadecimal.value(bytes[index + 1]),
          let low = Hexadecimal.value(bytes[index + 2])
        else { throw FormatError(format: format, problem: "'%' without two hexadecimal digits", offset: index) }
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        index += 1
      }
    }
    if repairing { return String(decoding: out, as: UTF8.self) }
    guard let text = String(validating: out, as: UTF8.self) else {
      throw FormatError(format: format, problem: "not UTF-8 after decoding", offset: bytes.startIndex)
    }
    return text
  }
}
