import EventFormats

/// The attributes of a node, as `node_info.node_attrs` keeps them urlencoded.
public struct NodeAttributes: Sendable, Equatable, Codable {
  /// Names of nodes with which a branch keeps the global watermark in step, instead of holding back events above it.
  public var syncWatermark: [String] = []
  /// Patterns (`*`, `?`) of the tables and sequences of the set that the node wants to know of; empty: all.
  public var onlyTables: [String] = [], onlySequences: [String] = []
  /// Patterns of those that it does not want to know of, which win.
  public var skippedTables: [String] = [], skippedSequences: [String] = []
  /// What else is kept there, by its key.
  public var others: [String: String] = [:]

  /// None.
  public init() {}

  /// Reads the stored form; what cannot be read is left out.
  public init(encoded: String?) {
    for pair in (encoded ?? "").split(separator: "&") {
      guard let column = try? URLEncodedRow.decode(String(pair)).first else { continue }
      if let path = Self.keys[column.name] {
        self[keyPath: path] = (column.value ?? "").split(separator: ",").map(String.init)
      } else {
        others[column.name] = column.value ?? ""
      }
    }
  }

  /// The stored form; nil without any.
  public var encoded: String? {
    var pairs: [ColumnValue] = []
    for (key, path) in Self.keys.sorted(by: { $0.key < $1.key }) where !self[keyPath: path].isEmpty {
      pairs.append(ColumnValue(key, self[keyPath: path].joined(separator: ",")))
    }
    pairs += others.sorted { $0.key < $1.key }.map { ColumnValue($0.key, $0.value) }
    return pairs.isEmpty ? nil : URLEncodedRow.encode(pairs)
  }

  /// Whether the node wants to know of a table of the set.
  public func registers(table: String) -> Bool { Self.passes(table, onlyTables, skippedTables) }

  /// Whether the node wants to know of a sequence of the set.
  public func registers(sequence: String) -> Bool { Self.passes(sequence, onlySequences, skippedSequences) }

  private static func passes(_ name: String, _ only: [String], _ skipped: [String]) -> Bool {
    let matches = { (pattern: String) in
      // a pattern without a schema means one in public, as names do
      NamePattern(pattern.contains(".") ? pattern : "public.\(pattern)").matches(name)
    }
    return (only.isEmpty || only.contains(where: matches)) && !skipped.contains(where: matches)
  }

  private static var keys: [String: WritableKeyPath<NodeAttributes, [String]>] {
    [
      "sync_watermark": \.syncWatermark, "register_only_tables": \.onlyTables, "register_skip_tables": \.skippedTables,
      "register_only_seqs": \.onlySequences, "register_skip_seqs": \.skippedSequences,
    ]
  }
}
