/// Text of a manual page in the man(7) language.
struct RoffText {
  private(set) var text = ""

  /// A line of the language itself, for example `.PP`; `words` are quoted and escaped.
  mutating func request(_ name: String, _ words: String...) {
    let quoted = words.map { " \"" + Self.escaped($0).replacing("\"", with: "\\(dq") + "\"" }
    text += ".\(name)\(quoted.joined())\n"
  }

  /// A line that is escaped already.
  mutating func line(_ escaped: String) { text += Self.guarded(escaped) + "\n" }

  /// Running text: lines are filled, paragraphs stand apart by an empty line, indented lines stay as they are.
  mutating func paragraphs(_ source: String) {
    var isVerbatim = false
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isIndented != isVerbatim, !line.isEmpty {
        request(isIndented ? "EX" : "EE")
        isVerbatim = isIndented
      }
      if line.isEmpty {
        request("PP")
      } else if let heading = Self.heading(line) {
        request("SH", heading)
      } else {
        self.line(Self.escaped(isIndented ? String(line.dropFirst(2)) : String(line)))
      }
    }
    if isVerbatim { request("EE") }
  }

  /// A line in capitals is a heading, such as EXAMPLE.
  private static func heading(_ line: Substring) -> String? {
    let isHeading = line.count > 3 && line.allSatisfy { $0.isUppercase || $0 == " " }
    return isHeading ? String(line) : nil
  }

  /// Text that means itself.
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("~", with: "\\(ti")
      .replacing("^", with: "\\(ha").replacing("`", with: "\\(ga").replacing("'", with: "\\(aq")
  }

  static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

  static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

  /// A line that begins with a dot would be a request.
  private static func guarded(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }
}
