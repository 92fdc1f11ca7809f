import EventFormats

/// A field with a pattern for its whole value: `*` stands for any text, `?` for one character.
package struct EventPattern: Sendable, Equatable {
  package var field: EventField
  package var pattern: String

  package init(_ field: EventField, _ pattern: String) {
    self.field = field
    self.pattern = pattern
  }

  /// Parses `FIELD=PATTERN`; `nil` when there is no such field.
  package init?(parsing text: String) {
    guard let equals = text.firstIndex(of: "="), let field = EventField(name: String(text[..<equals])) else {
      return nil
    }
    self.init(field, String(text[text.index(after: equals)...]))
  }

  /// The condition in SQL; a field that is NULL meets none, save for the pattern `*`.
  var condition: String {
    if pattern == "*" { return "true" }
    guard pattern.unicodeScalars.contains(where: { $0 == "*" || $0 == "?" }) else {
      return "\(field.column) = \(SQLLiteral.quote(pattern))"
    }
    var like = ""
    for scalar in pattern.unicodeScalars {
      switch scalar {
      case "*": like += "%"
      case "?": like += "_"
      case "%", "_", "!":
        like += "!"
        like.unicodeScalars.append(scalar)
      default: like.unicodeScalars.append(scalar)
      }
    }
    return "\(field.column) like \(SQLLiteral.quote(like)) escape '!'"
  }
}
