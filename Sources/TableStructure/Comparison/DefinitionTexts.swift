extension ColumnDefinition.Value {
  /// As SQL says it.
  var text: String {
    switch self {
    case .expression(let text): "default \(text)"
    case .generated(let text, let isVirtual): "generated always as (\(text)) \(isVirtual ? "virtual" : "stored")"
    case .identity(_, let isAlways): "generated \(isAlways ? "always" : "by default") as identity"
    }
  }

  var isGenerated: Bool {
    if case .generated = self { true } else { false }
  }
}

extension ConstraintDefinition.Kind {
  var aspect: StructureDifference.Aspect {
    switch self {
    case .primaryKey: .key
    case .foreignKey: .foreignKey
    case .unique, .exclusion, .check: .constraint
    }
  }
}

extension IndexDefinition {
  /// Whether another one does the same, whatever its name.
  func isSame(_ other: IndexDefinition) -> Bool { isUnique == other.isUnique && text == other.text }
}

/// A column as ALTER TABLE ADD COLUMN takes it; numbers of an identity begin anew.
struct ColumnText {
  func text(of column: ColumnDefinition) -> String {
    var words = ["\(quote(column.name)) \(column.type)"]
    if let collation = column.collation { words.append("collate \(collation)") }
    if let value = column.value { words.append(value.text) }
    if column.isNotNull { words.append("not null") }
    return words.joined(separator: " ")
  }
}
