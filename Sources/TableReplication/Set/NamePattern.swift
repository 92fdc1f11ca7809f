/// A name on the command line: with `*` and `?` it stands for all that fit; the schema is `public` if there is none.
public struct NamePattern: Sendable, Equatable {
  /// The pattern with its schema, without quotes.
  public let text: String
  /// Whether it is the name of one thing.
  public var isPlain: Bool { !text.contains("*") && !text.contains("?") }

  /// Reads a name or pattern.
  public init(_ text: String) { self.text = text.contains(".") ? text : "public.\(text)" }

  /// Whether a name fits.
  public func matches(_ name: String) -> Bool {
    let (pattern, name) = (Array(text.unicodeScalars), Array(name.unicodeScalars))
    // the last star, and how far it reaches; nothing before it needs to be looked at again
    var (p, n, star, reach) = (0, 0, -1, 0)
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        (star, reach) = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if star >= 0 {
        reach += 1
        (p, n) = (star + 1, reach)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }

  /// The names that are meant: of each pattern what fits among `candidates`; each once.
  ///
  /// - Parameter acceptsUnknown: take plain names that are no candidates, too.
  /// - Returns: names in the order of the patterns, and patterns that mean nothing.
  public static func resolve(
    _ patterns: [String], among candidates: [String], acceptsUnknown: Bool = false
  ) -> (names: [String], unknown: [String]) {
    var (names, unknown): ([String], [String]) = ([], [])
    for text in patterns {
      let pattern = NamePattern(text)
      let fitting = candidates.filter(pattern.matches)
      if !fitting.isEmpty {
        names += fitting
      } else if acceptsUnknown, pattern.isPlain {
        names.append(pattern.text)
      } else {
        unknown.append(pattern.text)
      }
    }
    var seen: Set<String> = []
    return (names.filter { seen.insert($0).inserted }, unknown)
  }
}
