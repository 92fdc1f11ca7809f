/// One statement of a script.
public struct ScriptStatement: Sendable, Equatable {
  /// Its number, from 1.
  public var number: Int
  /// The line where it begins, from 1.
  public var line: Int
  /// Its text without the semicolon, and without blanks and comments before it.
  public var text: String

  /// A statement.
  public init(number: Int, line: Int, text: String) {
    self.number = number
    self.line = line
    self.text = text
  }

  /// The first word, in lower case.
  public var command: String {
    String(text.prefix { $0.isLetter || $0 == "_" }).lowercased()
  }

  /// Why the statement cannot be part of a script: it would end the transaction, or wants data from the client. The server
  /// refuses the rest of what cannot run in a transaction.
  var misfit: String? {
    switch command {
    case "begin", "start", "commit", "end", "abort", "savepoint", "release":
      "a script is one transaction and cannot have \(command.uppercased()) in it"
    case "rollback": "a script is one transaction and cannot have ROLLBACK in it"
    case "prepare":
      words(2).last == "transaction" ? "a script is one transaction and cannot have PREPARE TRANSACTION in it" : nil
    case "copy":
      words(200).contains { $0 == "stdin" || $0 == "stdout" } ? "COPY cannot read from or write to the client" : nil
    default: nil
    }
  }

  private func words(_ count: Int) -> [String] {
    text.lowercased().split(maxSplits: count) { !($0.isLetter || $0 == "_") }.prefix(count).map(String.init)
  }
}

extension ScriptStatement {
  /// Divides a script as psql does: at semicolons outside quotes, comments, parentheses and bodies of the form BEGIN ATOMIC.
  public static func split(_ script: String) -> [ScriptStatement] {
    var reader = ScriptReader(script)
    var statements: [ScriptStatement] = []
    while let (line, text) = reader.next() {
      statements.append(ScriptStatement(number: statements.count + 1, line: line, text: text))
    }
    return statements
  }
}
