/// JSON strings as PostgreSQL writes them.
enum JSONString {
  /// Adds `text` in quotes; only quotes, backslashes and control characters are escaped.
  static func append(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{08}": out += "\\b"
      case "\u{0c}": out += "\\f"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{00}"..<"\u{20}":
        let value = UInt8(truncatingIfNeeded: scalar.value)
        out += "\\u00"
        out.unicodeScalars.append(Unicode.Scalar(Hexadecimal.digit(value >> 4)))
        out.unicodeScalars.append(Unicode.Scalar(Hexadecimal.digit(value & 15)))
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
