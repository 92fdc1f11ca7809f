import EventFormats

/// On which nodes a script runs: the lines `--*-- Key: name, name` before its first statement.
///
/// Without any it runs everywhere. The stored form is Londiste's, which reads and writes it as well.
public struct ScriptAttributes: Sendable, Equatable {
  /// What is asked for, in the order of the script.
  public let conditions: [ScriptCondition]

  /// Conditions by themselves.
  public init(_ conditions: [ScriptCondition] = []) { self.conditions = conditions }

  /// Reads the header of a script. Blank lines and ordinary comments may stand between its lines; a list that ends with a comma
  /// goes on in the next line of the header. The header ends at the first other line.
  ///
  /// - Throws: ``ScriptError`` with the number of the line.
  public init(script: String) throws(ScriptError) {
    var conditions: [ScriptCondition] = []
    var unfinished: ScriptCondition.Kind?
    let lines = script.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let text = Self.trimmed(line)
      guard let marked = Self.suffix(of: text, after: "--*--") else {
        if text.isEmpty || text.hasPrefix("--") { continue }
        break
      }
      let kind: ScriptCondition.Kind
      var list = Substring(marked)
      if let colon = marked.firstIndex(of: ":") {
        kind = try Self.kind(Self.trimmed(marked[..<colon]), "line \(index + 1)")
        list = marked[marked.index(after: colon)...]
      } else if let unfinished {
        kind = unfinished
      } else {
        throw ScriptError(
          "line \(index + 1): an attribute is written --*-- Key: name, name",
          hint: "a list goes on in the next line only after a comma; an ordinary comment begins with --")
      }
      let names = Self.names(list)
      guard !names.isEmpty else {
        throw ScriptError("line \(index + 1): \(kind.key) names nothing", hint: "name something, or remove the line")
      }
      conditions += names.map { ScriptCondition(kind, $0) }
      unfinished = Self.trimmed(list).hasSuffix(",") ? kind : nil
    }
    self.conditions = conditions
  }

  /// Reads the stored form, which events of the type EXECUTE have in `ev_extra2`.
  ///
  /// - Throws: ``ScriptError``.
  public init(encoded: String?) throws(ScriptError) {
    var conditions: [ScriptCondition] = []
    do {
      for column in try URLEncodedRow.decode(encoded ?? "") {
        let kind = try Self.kind(column.name, "attributes of the script")
        conditions += Self.names(Substring(column.value ?? "")).map { ScriptCondition(kind, $0) }
      }
    } catch let error as ScriptError {
      throw error
    } catch {
      throw ScriptError("attributes of the script: \(error)", hint: "who wrote the event?")
    }
    self.conditions = conditions
  }

  /// The stored form: each key once with its list, urlencoded; nil without any.
  public var encoded: String? {
    var keys: [ScriptCondition.Kind] = []
    for condition in conditions where !keys.contains(condition.kind) { keys.append(condition.kind) }
    guard !keys.isEmpty else { return nil }
    return URLEncodedRow.encode(
      keys.map { key in
        ColumnValue(key.rawValue, conditions.filter { $0.kind == key }.map(\.name).joined(separator: ","))
      })
  }

  private static func kind(_ key: String, _ place: String) throws(ScriptError) -> ScriptCondition.Kind {
    if let kind = ScriptCondition.Kind(rawValue: key.lowercased()) { return kind }
    throw ScriptError(
      "\(place): there is no attribute \"\(key)\"",
      hint: "there are \(ScriptCondition.Kind.allCases.map(\.key).joined(separator: ", "))")
  }

  private static func names(_ list: Substring) -> [String] {
    list.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
  }

  private static func suffix(of text: String, after prefix: String) -> String? {
    text.hasPrefix(prefix) ? trimmed(text.dropFirst(prefix.count)) : nil
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let characters = text.drop { $0.isWhitespace }
    guard let last = characters.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(characters[...last])
  }
}
