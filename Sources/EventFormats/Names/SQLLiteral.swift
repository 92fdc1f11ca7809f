/// Values as SQL literals.
public enum SQLLiteral {
  /// Text in quotes, in the form `E'...'` only when it holds a backslash, so that no server setting changes its meaning.
  ///
  /// NUL cannot be part of any SQL text; the server refuses it.
  public static func quote(_ text: String) -> String {
    let doubled = text.doubling(UInt8(ascii: "'"))
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return "'\(doubled)'" }
    return "E'\(doubled.doubling(UInt8(ascii: "\\")))'"
  }

  /// Text in quotes, or `NULL`.
  public static func quote(_ text: String?) -> String {
    text.map { quote($0) } ?? "NULL"
  }
}
