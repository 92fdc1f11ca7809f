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
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = Self.decoded(parts[0])
      let value = parts.count == 2 ? Self.decoded(parts[1]) : ""
      if let path = Self.keys[key] {
        self[keyPath: path] = value.split(separator: ",").map(String.init)
      } else {
        others[key] = value
      }
    }
  }

  /// The stored form; nil without any.
  public var encoded: String? {
    var pairs: [String] = []
    for (key, path) in Self.keys.sorted(by: { $0.key < $1.key }) where !self[keyPath: path].isEmpty {
      pairs.append("\(key)=\(Self.encoded(self[keyPath: path].joined(separator: ",")))")
    }
    for (key, value) in others.sorted(by: { $0.key < $1.key }) {
      pairs.append("\(Self.encoded(key))=\(Self.encoded(value))")
    }
    return pairs.isEmpty ? nil : pairs.joined(separator: "&")
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

extension NodeAttributes {
  private static func encoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte == UInt8(ascii: " ") {
        out += "+"
      } else if byte < 0x80,
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_.-".utf8.contains(byte)
      {
        out.unicodeScalars.append(scalar)
      } else {
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return out
  }

  private static func decoded(_ text: Substring) -> String {
    var out: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        out.append(value)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
