/// A name with or without a schema, for example of a table.
public struct QualifiedName: Hashable, Sendable, CustomStringConvertible {
  /// The schema, nil when the search path decides.
  public var schema: SQLIdentifier?
  /// The name inside the schema.
  public var name: SQLIdentifier

  /// A name from checked parts.
  public init(schema: SQLIdentifier?, name: SQLIdentifier) {
    self.schema = schema
    self.name = name
  }

  /// A name from parts as the catalogs store them.
  /// - Throws: `FormatError` when a part is not a possible name.
  public init(schema: String, name: String) throws(FormatError) {
    self.init(schema: try SQLIdentifier(schema), name: try SQLIdentifier(name))
  }

  /// Parses what a user types: `table`, `schema.table`, `"Odd schema"."Odd table"`.
  ///
  /// As in SQL, letters A-Z outside quotes mean their lower-case forms, and a quote inside quotes is doubled.
  /// - Throws: `FormatError` that says what is wrong and where.
  public init(parsing text: String) throws(FormatError) {
    var parser = NameParser(text)
    let parts = try parser.parse()
    guard let last = parts.last, parts.count <= 2 else {
      throw FormatError(format: "SQL name", problem: "more than schema and name", offset: 0)
    }
    self.init(schema: parts.count == 2 ? parts[0] : nil, name: last)
  }

  /// Parses the unquoted `schema.table` that triggers write into `ev_extra1`; the first dot divides.
  /// - Throws: `FormatError` when a part is not a possible name.
  public init(unquoted text: String) throws(FormatError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      try self.init(
        schema: String(decoding: parts[0], as: UTF8.self), name: String(decoding: parts[1], as: UTF8.self))
    } else {
      self.init(schema: nil, name: try SQLIdentifier(text))
    }
  }

  /// The name as it must be written in SQL.
  public var quoted: String { schema.map { "\($0.quoted).\(name.quoted)" } ?? name.quoted }

  /// `schema.table` without any quotes, as triggers write it.
  public var unquoted: String { schema.map { "\($0.name).\(name.name)" } ?? name.name }

  /// The same as `quoted`.
  public var description: String { quoted }
}
