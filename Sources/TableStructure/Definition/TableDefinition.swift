/// All that makes a table what it is, without its rows, in words that every supported version of PostgreSQL understands.
///
/// Expressions and definitions are SQL text with every name qualified, as the server prints it.
public struct TableDefinition: Codable, Sendable, Equatable {
  /// Its name.
  public var name: CatalogName
  /// The role that owns it.
  public var owner: String
  /// Whether its rows are not written to the WAL.
  public var isUnlogged = false
  /// Its columns in order.
  public var columns: [ColumnDefinition]
  /// How a partitioned table is divided: `RANGE (at)`.
  public var partitioning: String?
  /// On a partition: its bound, `FOR VALUES ...` or `DEFAULT`.
  public var bound: String?
  /// Tables that it inherits from, in order; not those whose partition it is.
  public var parents: [CatalogName] = []
  /// Keys, checks, exclusions and foreign keys; of a partition its own only.
  public var constraints: [ConstraintDefinition] = []
  /// Indexes that do not belong to a constraint; of a partition its own only.
  public var indexes: [IndexDefinition] = []
  /// Extended statistics.
  public var statistics: [NamedText] = []
  /// Triggers of users; those of queues are left out.
  public var triggers: [TriggerDefinition] = []
  /// Rules.
  public var rules: [TriggerDefinition] = []
  /// Row level security.
  public var security = RowSecurity()
  /// Privileges of others than the owner.
  public var grants: [Grant] = []
  /// Storage parameters: `fillfactor=70`.
  public var options: [String] = []
  /// What identifies a row for logical decoding: `default`, `nothing`, `full`, or the name of an index.
  public var replicaIdentity = "default"
  /// The index by which it was clustered.
  public var clusterIndex: String?
  /// Its comment.
  public var comment: String?
  /// Its partitions, in order of their names.
  public var partitions: [TableDefinition] = []
  /// Types of its columns that are not PostgreSQL's own, each after those that it needs.
  public var types: [TypeDefinition] = []
  /// Sequences that its columns own or take their defaults from.
  public var sequences: [SequenceDefinition] = []

  /// A table with the least that it has.
  public init(name: CatalogName, owner: String, columns: [ColumnDefinition]) {
    self.name = name
    self.owner = owner
    self.columns = columns
  }

  /// The columns of the primary key as SQL lists them; `nil` without one.
  public var primaryKey: ConstraintDefinition? { constraints.first { $0.kind == .primaryKey } }

  /// The same table under another name; what it consists of keeps its names.
  public func renamed(_ name: CatalogName) -> TableDefinition {
    var copy = self
    copy.name = name
    for index in copy.constraints.indices where copy.constraints[index].references == self.name {
      copy.constraints[index].references = name
    }
    return copy
  }
}
