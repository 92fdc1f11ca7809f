/// The event type of a captured change: `{"op":"INSERT","table":["schema","tbl"],"pkey":["id"]}`.
public struct ChangeHeader: Hashable, Sendable {
  /// What happened.
  public var operation: ChangeOperation
  /// The table it happened to.
  public var table: QualifiedName
  /// The key columns, in key order; empty when the table has no key.
  public var key: [String]

  /// A header.
  public init(operation: ChangeOperation, table: QualifiedName, key: [String]) {
    self.operation = operation
    self.table = table
    self.key = key
  }

  /// The header without white space, byte for byte what `pgq.jsontriga` writes.
  public var text: String {
    let schema = table.schema.map { [JSONValue.string($0.name)] } ?? []
    return JSONValue.object([
      .init("op", .string(operation.rawValue)),
      .init("table", .array(schema + [.string(table.name.name)])),
      .init("pkey", .array(key.map(JSONValue.string))),
    ]).text
  }

  /// Parses an event type; members it does not know are ignored.
  /// - Throws: `FormatError` that says which part is missing or wrong.
  public init(parsing text: String) throws(FormatError) {
    let json = try JSONValue(parsing: text)
    guard case .string(let op) = json["op"], let operation = ChangeOperation(rawValue: op) else {
      throw Self.error("\"op\" is not INSERT, UPDATE, DELETE or TRUNCATE")
    }
    let path = try Self.strings(json["table"], "table")
    guard path.count == 1 || path.count == 2, let last = path.last else {
      throw Self.error("\"table\" is not [schema, table]")
    }
    do {
      table = QualifiedName(
        schema: path.count == 2 ? try SQLIdentifier(path[0]) : nil, name: try SQLIdentifier(last))
    } catch {
      throw Self.error("\"table\": \(error.problem)")
    }
    self.operation = operation
    key = try json["pkey"].map { json throws(FormatError) in try Self.strings(json, "pkey") } ?? []
  }

  private static func strings(_ json: JSONValue?, _ member: String) throws(FormatError) -> [String] {
    guard case .array(let values) = json else { throw error("\"\(member)\" is not an array") }
    var result: [String] = []
    for value in values {
      guard case .string(let text) = value else { throw error("\"\(member)\" holds something that is not a string") }
      result.append(text)
    }
    return result
  }

  private static func error(_ problem: String) -> FormatError {
    FormatError(format: "change header", problem: problem, offset: 0)
  }
}
