/// A type that is not PostgreSQL's own.
public struct TypeDefinition: Codable, Sendable, Equatable {
  /// What it is made of.
  public enum Form: Codable, Sendable, Equatable {
    /// Labels in order.
    case enumeration([String])
    /// A base type, with further demands.
    case domain(base: String, collation: String?, isNotNull: Bool, value: String?, checks: [Check])
    /// Named fields.
    case composite([Field])
    /// A range of the subtype, with what CREATE TYPE takes besides.
    case range(subtype: String, options: [String])
    /// Made by an extension.
    case ofExtension(String)
    /// Something that only its maker can make: a base type, or the row of a table.
    case foreign
  }

  /// A demand of a domain.
  public struct Check: Codable, Sendable, Equatable {
    /// Its name and definition.
    public var name: String, text: String
  }

  /// A field of a composite type.
  public struct Field: Codable, Sendable, Equatable {
    /// Its name, type, and collation if that is not the type's.
    public var name: String, type: String, collation: String?
  }

  /// Its name.
  public var name: CatalogName
  /// What it is made of.
  public var form: Form

  /// A type.
  public init(name: CatalogName, form: Form) {
    self.name = name
    self.form = form
  }

  /// The statement that makes it; `nil` when none can.
  var statement: String? {
    switch form {
    case .enumeration(let labels):
      return "create type \(name.quoted) as enum (\(labels.map { literal($0) }.joined(separator: ", ")))"
    case .domain(let base, let collation, let isNotNull, let value, let checks):
      var words = ["create domain \(name.quoted) as \(base)"]
      if let collation { words.append("collate \(collation)") }
      if let value { words.append("default \(value)") }
      if isNotNull { words.append("not null") }
      words += checks.map { "constraint \(quote($0.name)) \($0.text)" }
      return words.joined(separator: " ")
    case .composite(let fields):
      let list = fields.map { field in
        "\(quote(field.name)) \(field.type)\(field.collation.map { " collate \($0)" } ?? "")"
      }
      return "create type \(name.quoted) as (\(list.joined(separator: ", ")))"
    case .range(let subtype, let options):
      return "create type \(name.quoted) as range (\((["subtype = \(subtype)"] + options).joined(separator: ", ")))"
    case .ofExtension, .foreign:
      return nil
    }
  }
}
