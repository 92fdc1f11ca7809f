extension COPYText {
  private static let format = "COPY text"

  /// The fields of one row; nil is NULL. A line feed at the end may be there or not.
  ///
  /// Understands everything COPY FROM does: the letter escapes, `\OOO` octal and `\xHH`; any other escaped byte is itself.
  /// - Throws: `FormatError` for a backslash at the end, or a line feed in the middle.
  public static func fields(of line: [UInt8]) throws(FormatError) -> [[UInt8]?] {
    try fields(of: line[...])
  }

  /// The fields of one row in part of a buffer.
  /// - Throws: `FormatError`, with the offset counted from the start of the row.
  public static func fields(of line: ArraySlice<UInt8>) throws(FormatError) -> [[UInt8]?] {
    let row = line.last == 0x0a ? line.dropLast() : line
    var fields: [[UInt8]?] = []
    var field: [UInt8] = []
    var fieldStart = row.startIndex
    var index = row.startIndex
    func close(at end: Int) {
      let isNull = end - fieldStart == 2 && row[fieldStart] == 0x5c && row[fieldStart + 1] == 0x4e
      fields.append(isNull ? nil : field)
      field = []
    }
    while index < row.endIndex {
      let byte = row[index]
      switch byte {
      case 0x09:
        close(at: index)
        index += 1
        fieldStart = index
      case 0x5c:
        index += 1
        guard index < row.endIndex else {
          throw FormatError(format: format, problem: "backslash at the end", offset: index - 1 - row.startIndex)
        }
        index = unescape(row, at: index, into: &field)
      case 0x0a:
        throw FormatError(format: format, problem: "line feed inside a row", offset: index - row.startIndex)
      default:
        field.append(byte)
        index += 1
      }
    }
    close(at: row.endIndex)
    return fields
  }

  /// Adds the meaning of the escape whose first byte after the backslash is at `index`; returns the index after it.
  private static func unescape(_ row: ArraySlice<UInt8>, at index: Int, into field: inout [UInt8]) -> Int {
    let byte = row[index]
    switch byte {
    case UInt8(ascii: "b"): field.append(0x08)
    case UInt8(ascii: "t"): field.append(0x09)
    case UInt8(ascii: "n"): field.append(0x0a)
    case UInt8(ascii: "v"): field.append(0x0b)
    case UInt8(ascii: "f"): field.append(0x0c)
    case UInt8(ascii: "r"): field.append(0x0d)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      let digits = row[index...].prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
      field.append(digits.reduce(0) { $0 << 3 | ($1 & 7) })
      return index + digits.count
    case UInt8(ascii: "x"):
      let digits = row[(index + 1)...].prefix(2).prefix { Hexadecimal.value($0) != nil }
      guard !digits.isEmpty else {
        field.append(byte)
        return index + 1
      }
      field.append(digits.reduce(0) { $0 << 4 | (Hexadecimal.value($1) ?? 0) })
      return index + 1 + digits.count
    default: field.append(byte)
    }
    return index + 1
  }
}
