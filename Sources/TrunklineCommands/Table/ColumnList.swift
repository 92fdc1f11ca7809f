import ArgumentParser
import EventFormats

/// Column names as the command line gives them: with commas, each as in SQL.
enum ColumnList {
  static func parse(_ text: String?) throws -> [String]? {
    guard let text else { return nil }
    return try split(text).map { name in
      let parsed = try QualifiedName(parsing: name)
      guard parsed.schema == nil else { throw ValidationError("\"\(name)\" is not the name of a column") }
      return parsed.name.name
    }
  }

  /// Splits at commas outside quotes and drops blanks around names.
  private static func split(_ text: String) -> [String] {
    var names = [""]
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == ",", !isQuoted {
        names.append("")
      } else if isQuoted || !character.isWhitespace {
        names[names.count - 1].append(character)
      }
    }
    return names
  }
}
