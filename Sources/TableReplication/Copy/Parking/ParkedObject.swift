package import EventFormats

/// An index, constraint or trigger that is not on its table for the time of a copy, with the statements that put it back.
package struct ParkedObject: Sendable, Equatable {
  /// What it is.
  package enum Kind: String, Sendable, CaseIterable {
    case primaryKey = "primary key"
    case unique, exclusion, index
    case foreignKey = "foreign key"
    case trigger
  }

  /// Its number in `trunkline.parked_ddl`; 0 before it is stored.
  package var id: Int64 = 0
  /// The table that it belongs to.
  package var table: QualifiedName
  package var name: String
  package var kind: Kind
  /// Makes the object, or the index under it. Takes long, and keeps writers of the table waiting but no readers.
  package var build: String?
  /// Makes the index a constraint, validates a foreign key, and the like.
  package var attach: String?
  /// Whether ``build`` has run.
  package var isBuilt = false
  /// For foreign keys: the table that is referred to, `schema.table`.
  package var referenced: String?
  /// Whether it is a constraint, which is dropped as such.
  var isConstraint = false
  /// Why it could not be put back when that was tried last.
  package var error: String?

  package init(table: QualifiedName, name: String, kind: Kind) {
    self.table = table
    self.name = name
    self.kind = kind
  }

  /// Whether rows that are not in sync yet may contradict it.
  package var needsConsistentRows: Bool { kind == .unique || kind == .exclusion || kind == .foreignKey }

  /// The statements that are left to run.
  package var statements: [String] { [isBuilt ? nil : build, attach].compactMap { $0 } }
}
