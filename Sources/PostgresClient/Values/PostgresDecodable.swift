/// A Swift type that can be read from a result cell.
public protocol PostgresDecodable {
  /// Reads the value.
  ///
  /// - Throws: `decoding` for NULL (unless the type is optional) and for text that is no such value.
  static func decode(_ cell: PostgresCell) throws -> Self
}

extension PostgresCell {
  func requiredText(_ type: String) throws -> String {
    guard let text = try text() else {
      throw PostgresError(.decoding, "column \"\(columnName)\" is NULL, a value of type \(type) was expected")
    }
    return text
  }
}

extension String: PostgresDecodable {
  /// Reads the value.
  public static func decode(_ cell: PostgresCell) throws -> String { try cell.requiredText("String") }
}

/// Integers read the text form of every integer type, `oid` included.
extension PostgresDecodable where Self: FixedWidthInteger {
  /// Reads the value.
  public static func decode(_ cell: PostgresCell) throws -> Self {
    guard let value = Self(try cell.requiredText("\(Self.self)"), radix: 10) else { throw cell.failure("\(Self.self)") }
    return value
  }
}
extension Int: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension UInt32: PostgresDecodable {}
extension UInt64: PostgresDecodable {}

extension Double: PostgresDecodable {
  /// Reads the value.
  public static func decode(_ cell: PostgresCell) throws -> Double {
    let text = try cell.requiredText("Double")
    switch text {
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    case "NaN": return .nan
    default:
      guard let value = Double(text) else { throw cell.failure("Double") }
      return value
    }
  }
}

extension Bool: PostgresDecodable {
  /// Reads the value.
  public static func decode(_ cell: PostgresCell) throws -> Bool {
    switch try cell.requiredText("Bool") {
    case "t": return true
    case "f": return false
    default: throw cell.failure("Bool")
    }
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// Reads the value.
  public static func decode(_ cell: PostgresCell) throws -> Wrapped? { cell.isNull ? nil : try Wrapped.decode(cell) }
}

extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
  /// Reads the value.
  public static func decode(_ cell: PostgresCell) throws -> [Element] { try Element.decodeArray(cell) }
}

/// A type whose Swift arrays can be read from a cell.
public protocol PostgresArrayDecodable {
  /// Reads the whole array.
  ///
  /// - Throws: `decoding`.
  static func decodeArray(_ cell: PostgresCell) throws -> [Self]
}

extension UInt8: PostgresArrayDecodable {
  /// `bytea` is unescaped; every other type gives the bytes of its text form, not checked for UTF-8.
  public static func decodeArray(_ cell: PostgresCell) throws -> [UInt8] {
    try cell.withBytes { bytes in
      guard let bytes else { throw cell.failure("[UInt8]") }
      guard cell.typeOID == 17 else { return [UInt8](bytes) }
      guard bytes.count >= 2, bytes.count % 2 == 0, bytes[0] == UInt8(ascii: "\\"), bytes[1] == UInt8(ascii: "x") else {
        throw PostgresError(
          .decoding, "column \"\(cell.columnName)\" came in bytea's old escape form",
          hint: "set bytea_output = hex for this session")
      }
      var value: [UInt8] = []
      value.reserveCapacity(bytes.count / 2 - 1)
      for position in stride(from: 2, to: bytes.count, by: 2) {
        guard let high = hexValue(bytes[position]), let low = hexValue(bytes[position + 1]) else {
          throw cell.failure("[UInt8]")
        }
        value.append(high << 4 | low)
      }
      return value
    }
  }
}

extension String: PostgresArrayDecodable {
  /// Reads the array.
  public static func decodeArray(_ cell: PostgresCell) throws -> [String] {
    guard let elements = parseArray(try cell.requiredText("[String]")) else { throw cell.failure("[String]") }
    return try elements.map { element in
      guard let element else { throw cell.failure("[String], an element is NULL") }
      return element
    }
  }
}

extension Optional: PostgresArrayDecodable where Wrapped == String {
  /// Reads the array.
  public static func decodeArray(_ cell: PostgresCell) throws -> [String?] {
    guard let elements = parseArray(try cell.requiredText("[String?]")) else { throw cell.failure("[String?]") }
    return elements
  }
}

extension Int64: PostgresArrayDecodable {
  /// Reads the array.
  public static func decodeArray(_ cell: PostgresCell) throws -> [Int64] {
    try String.decodeArray(cell).map { text in
      guard let value = Int64(text) else { throw cell.failure("[Int64]") }
      return value
    }
  }
}

private func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  default: nil
  }
}

/// Reads a one-dimensional array's text form; `nil` when it is not one.
func parseArray(_ text: String) -> [String?]? {
  var elements: [String?] = []
  var rest = Substring(text).unicodeScalars
  guard rest.popFirst() == "{" else { return nil }
  if rest.first == "}" { return rest.count == 1 ? [] : nil }
  while true {
    var element = ""
    var quoted = false
    if rest.first == "\"" {
      quoted = true
      rest.removeFirst()
      while let scalar = rest.popFirst(), scalar != "\"" {
        if scalar == "\\" {
          guard let escaped = rest.popFirst() else { return nil }
          element.unicodeScalars.append(escaped)
        } else {
          element.unicodeScalars.append(scalar)
        }
      }
    } else {
      while let scalar = rest.first, scalar != ",", scalar != "}" {
        guard scalar != "{", scalar != "\"" else { return nil }
        element.unicodeScalars.append(scalar)
        rest.removeFirst()
      }
    }
    elements.append(!quoted && element == "NULL" ? nil : element)
    switch rest.popFirst() {
    case ",": continue
    case "}": return rest.isEmpty ? elements : nil
    default: return nil
    }
  }
}
