public import EventFormats

/// Attributes of a table of a set on one node, as `table_info.table_attrs` stores them: urlencoded.
public struct RegisteredAttributes: Codable, Sendable, Equatable {
  /// The handler, `name` or `name(urlencoded arguments)`; `nil` for the ordinary one.
  public var handler: String?
  /// The node from which to copy, when it is not the provider.
  public var copyNode: String?
  /// Whether the copy leaves in the table what is there.
  public var skipsTruncate = false
  /// How many copies may fill the table at the same time.
  public var maxParallelCopy: Int?
  /// Which rows are copied: an SQL condition over the columns.
  public var condition: String?
  /// Which columns are copied besides the key; `nil`: all.
  public var columns: [String]?
  /// Which columns are not copied.
  public var ignore: [String]?
  /// Attributes that this version does not know; kept.
  public var others: [String: String] = [:]

  /// None.
  public init() {}

  /// Reads the stored form; what cannot be read is an error.
  ///
  /// - Throws: `FormatError`.
  public init(parsing text: String?) throws(FormatError) {
    for pair in try URLEncodedRow.decode(text ?? "") {
      let value = pair.value ?? ""
      switch pair.name {
      case "handler": handler = value
      case "copy_node": copyNode = value
      case "skip_truncate": skipsTruncate = !["", "0", "false"].contains(value)
      case "max_parallel_copy": maxParallelCopy = Int(value)
      case "where": condition = value
      case "columns": columns = Self.names(value)
      case "ignore": ignore = Self.names(value)
      default: others[pair.name] = value
      }
    }
  }

  /// The stored form; `nil` when there is nothing to store.
  public var text: String? {
    var pairs: [ColumnValue] = []
    if let handler { pairs.append(ColumnValue("handler", handler)) }
    if let copyNode { pairs.append(ColumnValue("copy_node", copyNode)) }
    if let maxParallelCopy { pairs.append(ColumnValue("max_parallel_copy", "\(maxParallelCopy)")) }
    if let condition { pairs.append(ColumnValue("where", condition)) }
    if let columns { pairs.append(ColumnValue("columns", columns.joined(separator: ","))) }
    if let ignore { pairs.append(ColumnValue("ignore", ignore.joined(separator: ","))) }
    pairs += others.sorted { $0.key < $1.key }.map { ColumnValue($0.key, $0.value) }
    if skipsTruncate { pairs.append(ColumnValue("skip_truncate", "1")) }
    return pairs.isEmpty ? nil : URLEncodedRow.encode(pairs)
  }

  private static func names(_ text: String) -> [String]? {
    let names = text.split(separator: ",").map(String.init)
    return names.isEmpty ? nil : names
  }

  /// The name of the handler without its arguments.
  public var handlerName: String? { handler.map { String($0.prefix { $0 != "(" }) } }

  /// A handler with arguments, as it is stored.
  public static func handler(_ name: String, _ arguments: [(name: String, value: String)]) -> String {
    arguments.isEmpty
      ? name : "\(name)(\(URLEncodedRow.encode(arguments.map { ColumnValue($0.name, $0.value) })))"
  }
}
