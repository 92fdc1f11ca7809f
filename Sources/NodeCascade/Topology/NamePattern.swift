/// A pattern of names: `*` stands for any characters, `?` for one.
package struct NamePattern: Sendable {
  private let pattern: [Character]

  /// Reads a pattern.
  package init(_ pattern: String) { self.pattern = Array(pattern) }

  /// Whether a name fits.
  package func matches(_ name: String) -> Bool {
    let name = Array(name)
    var (at, position) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while position < name.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at, position)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[position] {
        at += 1
        position += 1
      } else if let last = star {
        // the star takes one character more
        star = (last.pattern, last.name + 1)
        (at, position) = (last.pattern + 1, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
