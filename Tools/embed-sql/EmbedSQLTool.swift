import FoundationEssentials
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `embed-sql OUTPUT ROOT PATH...`: writes one Swift file that holds the text of every PATH (relative to ROOT).
@main enum EmbedSQLTool {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) throws {
    guard arguments.count >= 2 else {
      throw EmbeddingError(description: "usage: embed-sql OUTPUT ROOT PATH...")
    }
    let sources = try arguments.dropFirst(2).map { try SQLSource(path: $0, root: arguments[1]) }
    try GeneratedFile(sources: sources).text.write(toFile: arguments[0], atomically: true, encoding: .utf8)
  }
}

/// Why the SQL files cannot be embedded; printed by the build.
struct EmbeddingError: Error, CustomStringConvertible {
  let description: String
}
