package import EventFormats

/// The rules of all tables: a file in JSON, or in the part of YAML that has maps by indentation, words and comments.
///
/// ```
/// public.users:
///   id: keep
///   email: hash
///   profile:          # JSON
///     phone: hash64
/// ```
package struct ObfuscationMap: Sendable, Equatable {
  private let tables: [String: [String: ObfuscationRule]]

  /// Reads a map's text.
  ///
  /// - Throws: ``HandlerError`` that names line or place.
  package init(parsing text: String) throws(HandlerError) {
    let value: JSONValue
    if text.trimmingBlanks.hasPrefix("{") {
      do { value = try JSONValue(parsing: text) } catch {
        throw HandlerError("the obfuscation map is no JSON: \(error)", remedy: "mend the file")
      }
    } else {
      value = try IndentedMap.parse(text)
    }
    guard case .object(let members) = value else {
      throw HandlerError("the obfuscation map is no map of tables", remedy: "begin with schema.table:")
    }
    var tables: [String: [String: ObfuscationRule]] = [:]
    for member in members {
      guard case .nested(let rules) = try ObfuscationRule(member.value, of: member.name) else {
        throw HandlerError(
          "the obfuscation map has a rule for the whole table \(member.name)", remedy: "give rules for its columns")
      }
      tables[member.name] = rules
    }
    self.tables = tables
  }

  /// The rules of a table's columns; `nil` when it is not in the map. A name without schema is one of `public`.
  package func rules(of table: QualifiedName) -> [String: ObfuscationRule]? {
    tables[table.unquoted] ?? (table.schema?.name == "public" ? tables[table.name.name] : nil)
  }
}

/// Maps written by indentation, one `name: value` or `name:` a line.
enum IndentedMap {
  /// - Throws: ``HandlerError`` that names the line.
  static func parse(_ text: String) throws(HandlerError) -> JSONValue {
    var lines: [(number: Int, indent: Int, name: String, value: String?)] = []
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = uncommented(raw)
      guard !line.trimmingBlanks.isEmpty, line.trimmingBlanks != "---" else { continue }
      let indent = line.prefix { $0 == " " }.count
      guard !line.dropFirst(indent).hasPrefix("\t") else { throw wrong(index, "a tab") }
      let content = line.trimmingBlanks
      guard let (name, rest) = key(content) else { throw wrong(index, "no 'name:'") }
      lines.append((index + 1, indent, name, rest.isEmpty ? nil : unquoted(rest)))
    }
    var position = 0
    let value = try map(lines, &position, indent: lines.first?.indent ?? 0)
    if position < lines.count { throw wrong(lines[position].number - 1, "an indentation that fits no line above") }
    return value
  }

  private static func map(
    _ lines: [(number: Int, indent: Int, name: String, value: String?)], _ position: inout Int, indent: Int
  ) throws(HandlerError) -> JSONValue {
    var members: [JSONValue.Member] = []
    while position < lines.count, lines[position].indent == indent {
      let line = lines[position]
      position += 1
      let isParent = position < lines.count && lines[position].indent > indent
      guard !members.contains(where: { $0.name == line.name }) else { throw wrong(line.number - 1, "a name twice") }
      if let value = line.value {
        if isParent { throw wrong(lines[position].number - 1, "an indentation under a value") }
        members.append(.init(line.name, .string(value)))
      } else {
        guard isParent else { throw wrong(line.number - 1, "a name without value") }
        members.append(.init(line.name, try map(lines, &position, indent: lines[position].indent)))
      }
    }
    return .object(members)
  }

  /// A line up to its comment: a # at its begin or after a blank, outside quotes.
  private static func uncommented(_ line: Substring) -> Substring {
    var quote: Character?
    var previous: Character = " "
    for index in line.indices {
      let character = line[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "#", previous == " " {
        return line[..<index]
      }
      previous = character
    }
    return line.last == "\r" ? line.dropLast() : line
  }

  private static func key(_ content: String) -> (String, String)? {
    if let first = content.first, first == "\"" || first == "'" {
      let rest = content.dropFirst()
      guard let end = rest.firstIndex(of: first) else { return nil }
      let after = rest[rest.index(after: end)...].trimmingBlanks
      guard after.hasPrefix(":") else { return nil }
      return (String(rest[..<end]), after.dropFirst().trimmingBlanks)
    }
    guard let colon = content.firstIndex(of: ":"), colon > content.startIndex else { return nil }
    let rest = content[content.index(after: colon)...]
    guard rest.isEmpty || rest.first == " " else { return nil }
    return (content[..<colon].trimmingBlanks, rest.trimmingBlanks)
  }

  private static func unquoted(_ text: String) -> String {
    guard let first = text.first, first == "\"" || first == "'", text.count > 1, text.last == first else { return text }
    return String(text.dropFirst().dropLast())
  }

  private static func wrong(_ index: Int, _ problem: String) -> HandlerError {
    HandlerError("the obfuscation map has \(problem) in line \(index + 1)", remedy: "write name: rule, maps indented")
  }
}
