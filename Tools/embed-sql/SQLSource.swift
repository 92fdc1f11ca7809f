import FoundationEssentials

/// One SQL file: which schema it belongs to, what kind of statements it holds, and its text.
struct SQLSource {
  static let schemas = ["pgq", "pgq_coop", "pgq_ext", "pgq_node", "londiste", "trunkline"]
  static let kinds = ["structure", "functions", "triggers", "grants"]

  let path: String
  let schema: String
  let kind: String
  let name: String
  let text: String

  init(path: String, root: String) throws {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count == 3, Self.schemas.contains(parts[0]), Self.kinds.contains(parts[1]) else {
      throw EmbeddingError(
        description: """
          SQL/\(path): expected SCHEMA/KIND/NAME.sql with SCHEMA one of \(Self.schemas.joined(separator: ", ")) \
          and KIND one of \(Self.kinds.joined(separator: ", "))
          """)
    }
    let data = try Data(contentsOf: URL(filePath: root).appending(path: path))
    guard let text = String(bytes: data, encoding: .utf8), !text.utf8.contains(0) else {
      throw EmbeddingError(description: "SQL/\(path): not UTF-8 text")
    }
    self.path = path
    self.schema = parts[0]
    self.kind = parts[1]
    self.name = String(parts[2].dropLast(".sql".count))
    self.text = text.replacing("\r\n", with: "\n")
  }

  /// The order in which the files run: by kind, then by file name, compared as bytes so that no locale changes it.
  static func installsBefore(_ a: SQLSource, _ b: SQLSource) -> Bool {
    let (kindA, kindB) = (kinds.firstIndex(of: a.kind) ?? 0, kinds.firstIndex(of: b.kind) ?? 0)
    return kindA != kindB ? kindA < kindB : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
  }
}
