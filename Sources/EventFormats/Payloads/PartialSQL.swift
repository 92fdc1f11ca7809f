/// The row format of `pgq.sqltriga`: the part of a statement that follows `insert into t`, `update t set` or `delete from t where`.
public enum PartialSQL: Hashable, Sendable {
  /// `(c1,c2) values ('v',null)`
  case insert([ColumnValue])
  /// `c='v',d=NULL where pk='x' and pk2='y'`: what changed, and the key.
  case update(set: [ColumnValue], key: [ColumnValue])
  /// `pk='x' and pk2='y'`
  case delete(key: [ColumnValue])
  /// Nothing.
  case truncate

  /// Parses the payload of an event of kind `operation`.
  /// - Throws: `FormatError` that says what is wrong and where.
  public init(_ operation: ChangeOperation, parsing text: String) throws(FormatError) {
    var parser = PartialSQLParser(text)
    switch operation {
    case .insert: self = .insert(try parser.insert())
    case .update:
      let set = try parser.assignments(separator: ",")
      try parser.expect(word: "where")
      self = .update(set: set, key: try parser.assignments(separator: "and"))
    case .delete: self = .delete(key: try parser.assignments(separator: "and"))
    case .truncate: self = .truncate
    }
    try parser.expectEnd()
  }

  /// The payload, byte for byte what the trigger writes.
  public var text: String {
    switch self {
    case .insert(let columns):
      let names = columns.map { SQLIdentifier.quote($0.name) }.joined(separator: ",")
      let values = columns.map { $0.value.map { SQLLiteral.quote($0) } ?? "null" }.joined(separator: ",")
      return "(\(names)) values (\(values))"
    case .update(let set, let key):
      return "\(Self.list(set, ",")) where \(Self.list(key, " and "))"
    case .delete(let key): return Self.list(key, " and ")
    case .truncate: return ""
    }
  }

  private static func list(_ columns: [ColumnValue], _ separator: String) -> String {
    columns.map { "\(SQLIdentifier.quote($0.name))=\(SQLLiteral.quote($0.value))" }.joined(separator: separator)
  }
}
