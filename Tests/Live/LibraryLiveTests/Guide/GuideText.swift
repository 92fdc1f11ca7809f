import Foundation

/// The article and the code that it shows.
enum GuideText {
  /// The blocks of a language in the article, in order.
  static func blocks(_ language: String) throws -> [String] {
    var blocks: [String] = []
    var block: [Substring]?
    for line in try read("Sources/EventQueue/EventQueue.docc/Guide.md").split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if let open = block {
        if line == "```" {
          blocks.append(open.joined(separator: "\n"))
          block = nil
        } else {
          block = open + [line]
        }
      } else if line == "```\(language)" {
        block = []
      }
    }
    return blocks
  }

  /// The marked regions of the code, in order, without their indentation.
  static func snippets() throws -> [String] {
    var snippets: [String] = []
    var region: [Substring]?
    let text = try read("Tests/Live/LibraryLiveTests/Guide/GuideCode.swift")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      switch line.drop(while: { $0 == " " }) {
      case "// snippet": region = []
      case "// end":
        guard let lines = region else { continue }
        let indentation =
          lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        snippets.append(lines.map { $0.dropFirst(indentation) }.joined(separator: "\n"))
        region = nil
      default: region?.append(line)
      }
    }
    return snippets
  }

  private static func read(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).appending(path: "../../../../..").standardizedFileURL
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
