/// The row format of captured changes: one JSON object with a member for each column.
public enum JSONRow {
  /// The columns in the order of the object, each value as the text form of its type.
  ///
  /// Numbers keep their digits, `true` and `false` become `t` and `f`, `null` becomes NULL, arrays and objects their JSON text.
  /// - Throws: `FormatError` when the text is not one JSON object.
  public static func decode(_ text: String) throws(FormatError) -> [ColumnValue] {
    guard case .object(let members) = try JSONValue(parsing: text) else {
      throw FormatError(format: "JSON row", problem: "not an object", offset: 0)
    }
    return members.map { ColumnValue($0.name, $0.value.columnText) }
  }

  /// One JSON object with every value as a string, or null, as `json_populate_record` reads it.
  public static func encode(_ columns: [ColumnValue]) -> String {
    var out = "{"
    for (index, column) in columns.enumerated() {
      if index > 0 { out += "," }
      JSONString.append(column.name, to: &out)
      out += ":"
      if let value = column.value { JSONString.append(value, to: &out) } else { out += "null" }
    }
    return out + "}"
  }
}

extension JSONValue {
  fileprivate var columnText: String? {
    switch self {
    case .null: nil
    case .bool(let value): value ? "t" : "f"
    case .number(let text), .string(let text): text
    case .array, .object: text
    }
  }
}
