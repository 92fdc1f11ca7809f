/// Connection strings for other databases of the same server.
package enum ConnectionString {
  /// `connectionString` with another database name. Both of libpq's forms let a later setting win over an earlier one.
  package static func naming(_ database: String, in connectionString: String) -> String {
    guard connectionString.hasPrefix("postgresql://") || connectionString.hasPrefix("postgres://") else {
      let quoted = database.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      // a string without "=" is the name of a database
      let base = connectionString.contains("=") ? connectionString + " " : ""
      return "\(base)dbname='\(quoted)'"
    }
    let separator = connectionString.contains("?") ? "&" : "?"
    return "\(connectionString)\(separator)dbname=\(percentEncoded(database))"
  }

  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        result.unicodeScalars.append(UnicodeScalar(byte))
      default:
        result += "%"
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
  }
}
