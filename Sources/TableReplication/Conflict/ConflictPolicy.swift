package import EventFormats

/// What happens when a change meets a row that its source does not expect here.
package struct ConflictPolicy: Sendable, Hashable, CustomStringConvertible {
  /// Who decides.
  package enum Choice: Sendable, Hashable {
    /// The worker stops before the batch and names the event.
    case error
    /// The row that is here stays, and the batch's changes of its key are left out.
    case keep
    /// The change is written.
    case overwrite
    /// The row whose column says the later time stays.
    case newest(column: String)
    /// A function of the target says what the row is to be.
    case function(QualifiedName)
  }

  /// A row of another table without which a change is left out.
  package struct Parent: Sendable, Hashable {
    package var columns: [String]
    package var table: QualifiedName
    package var referenced: [String]

    package init(columns: [String], table: QualifiedName, referenced: [String]) {
      self.columns = columns
      self.table = table
      self.referenced = referenced
    }
  }

  package var choice: Choice
  /// Columns by which at most one row may be there: with `newest`, an older one of another key is removed.
  package var alternateKey: [String] = []
  package var parent: Parent?

  package init(_ choice: Choice) { self.choice = choice }

  /// What is possible, for people.
  package static let forms = "error, warn, overwrite, newest:COLUMN, function:SCHEMA.NAME"

  /// Reads `error`, `warn` (or `keep`), `overwrite`, `newest:COLUMN` (or `newest(COLUMN)`), `function:NAME` (or
  /// `function(NAME)`).
  ///
  /// - Throws: ``HandlerError`` for anything else.
  package init(parsing text: String) throws(HandlerError) {
    switch text {
    case "error": self.init(.error)
    case "warn", "keep": self.init(.keep)
    case "overwrite": self.init(.overwrite)
    default:
      if let column = Self.argument(of: "newest", text) {
        self.init(.newest(column: column))
      } else if let name = Self.argument(of: "function", text), let name = try? QualifiedName(parsing: name) {
        self.init(.function(name))
      } else {
        throw HandlerError("'\(text)' is no conflict policy", remedy: "use one of \(Self.forms)")
      }
    }
  }

  private static func argument(of word: String, _ text: String) -> String? {
    var argument = text[...]
    if text.hasPrefix("\(word):") {
      argument = argument.dropFirst(word.count + 1)
    } else if text.hasPrefix("\(word)("), text.hasSuffix(")") {
      argument = argument.dropFirst(word.count + 1).dropLast()
    } else {
      return nil
    }
    return argument.isEmpty ? nil : String(argument)
  }

  /// The form that ``init(parsing:)`` reads, without what only a handler can say.
  package var description: String {
    switch choice {
    case .error: "error"
    case .keep: "warn"
    case .overwrite: "overwrite"
    case .newest(let column): "newest:\(column)"
    case .function(let name): "function:\(name.quoted)"
    }
  }
}
