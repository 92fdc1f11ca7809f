/// A JSON value that keeps the order of object members and the exact text of numbers.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number as written, so that no digit is lost.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One member of an object.
  public struct Member: Hashable, Sendable {
    /// The member's name.
    public var name: String
    /// The member's value.
    public var value: JSONValue

    /// A member.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Parses a whole JSON text.
  /// - Throws: `FormatError`; nesting deeper than 200 levels is refused too.
  public init(parsing text: String) throws(FormatError) {
    var parser = JSONParser(text)
    self = try parser.parse()
  }

  /// First member called `name` of an object; nil for other values.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text without white space, strings escaped as PostgreSQL's `to_json` escapes them.
  public var text: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let value): out += value
    case .string(let value): JSONString.append(value, to: &out)
    case .array(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        JSONString.append(member.name, to: &out)
        out += ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }
}
