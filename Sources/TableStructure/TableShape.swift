public import EventFormats

/// What a table looks like: enough to write rows into it and to find them again.
public struct TableShape: Sendable, Equatable {
  /// One column.
  public struct Column: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its type as SQL writes it, with modifiers: `numeric(10,2)`.
    public var type: String
    /// Whether its value is computed, so that nothing can be written into it.
    public var isGenerated: Bool
    /// Whether it is `generated always as identity`.
    public var isIdentityAlways: Bool
    /// Whether equal values of its type always look the same, unlike `1.0` and `1.00` of numeric.
    public var isPlain: Bool
    /// Whether its type is json or jsonb, or a domain over one of them.
    public var isJSON: Bool

    /// Describes a column.
    public init(
      name: String, type: String, isGenerated: Bool = false, isIdentityAlways: Bool = false, isPlain: Bool = true,
      isJSON: Bool = false
    ) {
      self.name = name
      self.type = type
      self.isGenerated = isGenerated
      self.isIdentityAlways = isIdentityAlways
      self.isPlain = isPlain
      self.isJSON = isJSON
    }
  }

  /// The table's name with its schema.
  public var name: QualifiedName
  /// Its object id; changes when the table is dropped and made again.
  public var oid: UInt32
  /// Its live columns in order.
  public var columns: [Column]
  /// The columns of its primary key, in key order; empty without one.
  public var primaryKey: [String]
  /// Tables that its foreign keys refer to, without itself.
  public var references: Set<UInt32>

  /// Whether its rows lie in partitions; else tables that inherit from it are tables of their own.
  public var isPartitioned: Bool
  /// Each unique constraint that can be checked late, as an SQL list of its columns: `a, "B"`.
  public var deferrableKeys: [String]

  /// Describes a table.
  public init(
    name: QualifiedName, oid: UInt32 = 0, columns: [Column], primaryKey: [String] = [], references: Set<UInt32> = [],
    isPartitioned: Bool = false, deferrableKeys: [String] = []
  ) {
    self.name = name
    self.oid = oid
    self.columns = columns
    self.primaryKey = primaryKey
    self.references = references
    self.isPartitioned = isPartitioned
    self.deferrableKeys = deferrableKeys
  }

  /// How SQL names exactly this table's rows in FROM, UPDATE, DELETE and TRUNCATE: those of tables that inherit from it
  /// are left alone.
  public var ownRows: String { isPartitioned ? name.quoted : "only \(name.quoted)" }

  /// The columns that rows can be written into.
  public var writableColumns: [Column] { columns.filter { !$0.isGenerated } }
}
