import NodeCascade

/// Names on the command line: with `*` and `?` one stands for all that fit; the schema is `public` if there is none.
public enum SetNames {
  /// Whether a name stands for several.
  public static func isPattern(_ name: String) -> Bool { name.contains("*") || name.contains("?") }

  /// The names that are meant: of each pattern what fits among `candidates`; each once.
  ///
  /// - Parameter acceptsUnknown: take plain names that are no candidates, too.
  /// - Returns: names in the order of the patterns, and patterns that mean nothing, with their schemas.
  public static func resolve(
    _ patterns: [String], among candidates: [String], acceptsUnknown: Bool = false
  ) -> (names: [String], unknown: [String]) {
    var (names, unknown): ([String], [String]) = ([], [])
    for text in patterns {
      let text = text.contains(".") ? text : "public.\(text)"
      let fitting = candidates.filter(NamePattern(text).matches)
      if !fitting.isEmpty {
        names += fitting
      } else if acceptsUnknown, !isPattern(text) {
        names.append(text)
      } else {
        unknown.append(text)
      }
    }
    var seen: Set<String> = []
    return (names.filter { seen.insert($0).inserted }, unknown)
  }
}
