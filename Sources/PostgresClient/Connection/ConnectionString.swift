import CLibPQ

/// libpq's own reading of a connection string.
enum ConnectionString {
  /// Checks the text without connecting.
  ///
  /// - Throws: `invalidInput` that does not repeat the text, which may hold a password.
  static func validate(_ text: String) throws {
    guard !text.utf8.contains(0) else {
      throw PostgresError(.invalidInput, "the connection string holds a NUL byte")
    }
    guard isMoreThanName(text) else { return }
    var message: UnsafeMutablePointer<CChar>?
    if let options = PQconninfoParse(text, &message) { return PQconninfoFree(options) }
    defer { PQfreemem(message) }
    let reason = message.map { trimmed(String(cString: $0)) } ?? "out of memory"
    let repeats = reason.contains(text) || text.contains("://")
    throw PostgresError(
      .invalidInput, repeats ? "the connection URI is not valid" : reason,
      hint: "write key=value pairs, or postgresql://user@host:port/database with special characters percent-encoded")
  }

  /// The values that the text itself gives, without passwords; `nil` when it is not valid.
  static func visibleOptions(_ text: String) -> [(keyword: String, value: String)]? {
    guard isMoreThanName(text) else { return text.isEmpty ? [] : [("dbname", text)] }
    guard let options = PQconninfoParse(text, nil) else { return nil }
    defer { PQconninfoFree(options) }
    return read(options).filter { !$0.isSecret }.map { ($0.keyword, $0.value) }
  }

  /// A text that says what `text` says, and `others` besides, which win; `nil` when one of them is not valid.
  static func joined(_ text: String, _ others: String) -> String? {
    guard let all = given(text), let added = given(others) else { return nil }
    let names = Set(added.map(\.keyword))
    return (all.filter { !names.contains($0.keyword) } + added).map { option in
      let value = option.value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      return "\(option.keyword)='\(value)'"
    }.joined(separator: " ")
  }

  private static func given(_ text: String) -> [(keyword: String, value: String, isSecret: Bool)]? {
    guard isMoreThanName(text) else { return text.isEmpty ? [] : [("dbname", text, false)] }
    guard let options = PQconninfoParse(text, nil) else { return nil }
    defer { PQconninfoFree(options) }
    return read(options)
  }

  /// What libpq takes for options that a connection string leaves out: from the environment, else built in.
  static func defaults() -> [String: String] {
    guard let options = PQconndefaults() else { return [:] }
    defer { PQconninfoFree(options) }
    return Dictionary(read(options).filter { !$0.isSecret }.map { ($0.keyword, $0.value) }) { $1 }
  }

  /// One option that a connection uses, wherever it came from; `nil` when it has none.
  static func option(_ keyword: String, of handle: OpaquePointer) -> String? {
    guard let options = PQconninfo(handle) else { return nil }
    defer { PQconninfoFree(options) }
    return read(options).first { $0.keyword == keyword }?.value
  }

  /// libpq takes a text without `=` and without a URI's beginning for the name of a database.
  private static func isMoreThanName(_ text: String) -> Bool {
    text.contains("=") || text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
  }

  private static func read(
    _ options: UnsafeMutablePointer<PQconninfoOption>
  ) -> [(keyword: String, value: String, isSecret: Bool)] {
    var found: [(String, String, Bool)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        // libpq marks what a dialogue must not show with "*".
        let isSecret = option.pointee.dispchar.map { $0[0] == CChar(UInt8(ascii: "*")) } ?? false
        found.append((String(cString: keyword), String(cString: value), isSecret))
      }
      option += 1
    }
    return found
  }
}
