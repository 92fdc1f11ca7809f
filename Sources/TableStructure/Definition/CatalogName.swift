import EventFormats

/// The name of a table, sequence, type or function, as the catalogs store it.
public struct CatalogName: Codable, Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Schema and name, without quotes.
  public var schema: String, name: String

  /// A name from its parts.
  public init(_ schema: String, _ name: String) {
    self.schema = schema
    self.name = name
  }

  /// A name as sets of tables store it: the first dot divides; without one the schema is `public`.
  public init(unquoted text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(parts.count == 2 ? String(parts[0]) : "public", String(parts[parts.count - 1]))
  }

  /// As SQL writes it.
  public var quoted: String { "\(SQLIdentifier.quote(schema)).\(SQLIdentifier.quote(name))" }

  /// `schema.name` without quotes.
  public var unquoted: String { "\(schema).\(name)" }

  /// The same as `quoted`.
  public var description: String { quoted }

  /// By schema and name.
  public static func < (left: CatalogName, right: CatalogName) -> Bool {
    (left.schema, left.name) < (right.schema, right.name)
  }
}
