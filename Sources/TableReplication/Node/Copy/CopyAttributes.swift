import EventFormats

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
    for pair in try URLEncodedRow.decode(text ?? "") {
      let value = pair.value ?? ""
      switch pair.name {
      case "copy_node" where !value.isEmpty: node = value == "?" ? .nearest : .named(value)
      case "skip_truncate": appends = !["", "0", "false"].contains(value)
      case "max_parallel_copy": maximumCopies = max(1, Int(value) ?? maximumCopies)
      case "where" where !value.isEmpty: condition = value
      default: break
      }
    }
  }
}
