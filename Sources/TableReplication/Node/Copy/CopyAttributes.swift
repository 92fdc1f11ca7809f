/// What a table's attributes say about its copy.
struct CopyAttributes: Sendable, Equatable {
  /// From where the rows come.
  enum Node: Sendable, Equatable {
    /// From the worker's provider.
    case provider
    /// From the first node upstream that has the table in sync.
    case nearest
    case named(String)
  }

  var node = Node.provider
  /// Whether the table keeps the rows that it has.
  var appends = false
  /// Copies into the table at the same time, from several sources.
  var maximumCopies = 8
  /// Which rows are copied, in SQL.
  var condition: String?

  /// - Throws: `FormatError` when the text is not urlencoded.
  init(_ text: String?) throws {
    let attributes = try RegisteredAttributes(parsing: text)
    if let name = attributes.copyNode, !name.isEmpty { node = name == "?" ? .nearest : .named(name) }
    appends = attributes.skipsTruncate
    maximumCopies = max(1, attributes.maxParallelCopy ?? maximumCopies)
    condition = attributes.condition.flatMap { $0.isEmpty ? nil : $0 }
  }
}
