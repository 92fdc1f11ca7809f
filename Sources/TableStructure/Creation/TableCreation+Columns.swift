extension TableCreation {
  /// CREATE TABLE and what only ALTER TABLE says of columns.
  mutating func makeColumns(of table: TableDefinition) {
    let isFull = scope == .full
    let lines = table.columns.map { column in text(of: column, in: table) }
    add(
      "create \(table.isUnlogged && isFull ? "unlogged " : "")table \(table.name.quoted) (\(lines.joined(separator: ", ")))"
        + (isFull ? table.partitioning.map { " partition by \($0)" } ?? "" : "") + (isFull ? options(table) : ""))
    guard isFull else { return }
    for column in table.columns { alter(column, of: table.name, from: ColumnDefinition(name: "", type: "")) }
  }

  func options(_ table: TableDefinition) -> String {
    table.options.isEmpty ? "" : " with (\(table.options.map(assignment).joined(separator: ", ")))"
  }

  /// `name=value` with the value in quotes: it may be a word that means something.
  private func assignment(_ option: String) -> String {
    guard let equals = option.firstIndex(of: "=") else { return option }
    return "\(option[..<equals])=\(literal(String(option[option.index(after: equals)...])))"
  }

  /// A column as CREATE TABLE lists it.
  func text(of column: ColumnDefinition, in table: TableDefinition) -> String {
    var words = ["\(quote(column.name)) \(column.type)"]
    if let collation = column.collation { words.append("collate \(collation)") }
    switch column.value {
    case .generated(let text, let isVirtual):
      words.append("generated always as (\(text)) \(isVirtual ? "virtual" : "stored")")
    case .expression(let text) where scope == .full:
      words.append("default \(text)")
    case .identity(let name, let isAlways) where scope == .full:
      let sequence = table.sequences.first { $0.name == name }
      // it must be in the schema of its table
      let named = name.schema == table.name.schema ? "sequence name \(name.quoted) " : ""
      words.append(
        "generated \(isAlways ? "always" : "by default") as identity (\(named)\(sequence?.options ?? ""))")
    default: break
    }
    if column.isNotNull { words.append("not null") }
    return words.joined(separator: " ")
  }

  /// Storage, statistics and comments that differ from those of `other`.
  mutating func alter(_ column: ColumnDefinition, of table: CatalogName, from other: ColumnDefinition) {
    let head = "alter table only \(table.quoted) alter column \(quote(column.name))"
    if let storage = column.storage, storage != other.storage { add("\(head) set storage \(storage)") }
    if let compression = column.compression, compression != other.compression {
      add("\(head) set compression \(compression)")
    }
    if let target = column.statisticsTarget, target != other.statisticsTarget {
      add("\(head) set statistics \(target)")
    }
    if !column.options.isEmpty, column.options != other.options {
      add("\(head) set (\(column.options.map(assignment).joined(separator: ", ")))")
    }
    if let comment = column.comment {
      add("comment on column \(table.quoted).\(quote(column.name)) is \(literal(comment))")
    }
  }

  /// A partition, with what it has besides its parent's.
  mutating func makePartition(_ partition: TableDefinition, of table: TableDefinition) {
    let name = partition.name.quoted
    add(
      "create \(partition.isUnlogged ? "unlogged " : "")table \(name) partition of \(table.name.quoted) "
        + (partition.bound ?? "default") + (partition.partitioning.map { " partition by \($0)" } ?? "")
        + options(partition))
    for column in partition.columns {
      let above = table.columns.first { $0.name == column.name } ?? column
      let head = "alter table only \(name) alter column \(quote(column.name))"
      if column.isNotNull, !above.isNotNull { add("\(head) set not null") }
      switch (column.value, above.value) {
      case (.expression(let text), let value) where value != .expression(text): add("\(head) set default \(text)")
      case (nil, .expression): add("\(head) drop default")
      default: break
      }
      alter(column, of: partition.name, from: above)
    }
    for next in partition.partitions { makePartition(next, of: partition) }
  }
}
