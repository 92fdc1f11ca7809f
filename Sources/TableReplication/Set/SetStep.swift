import PostgresClient

/// Something that is done on a node: in SQL that can be shown first.
enum SetStep: Sendable, Equatable {
  /// A statement.
  case statement(String)
  /// A function of the node, which answers with a code and a note.
  case call(String)

  /// The same for psql.
  var sql: String {
    switch self {
    case .statement(let text): text
    case .call(let function): "select * from \(function)"
    }
  }

  /// A call with text arguments; lists become arrays.
  static func call(_ function: String, _ arguments: Argument...) -> SetStep {
    .call("\(function)(\(arguments.map(\.sql).joined(separator: ", ")))")
  }

  /// An argument of a function.
  enum Argument: ExpressibleByStringLiteral {
    case text(String?)
    case list([String])

    init(stringLiteral value: String) { self = .text(value) }

    var sql: String {
      switch self {
      case .text(let text): text.map(quotedLiteral) ?? "null"
      case .list(let items): "array[\(items.map(quotedLiteral).joined(separator: ", "))]::text[]"
      }
    }
  }
}

extension PostgresConnection {
  /// Does the steps in one transaction, which waits for no lock longer than `lockTimeout`.
  ///
  /// - Returns: notes that are no errors but no plain success either: codes 3xx.
  /// - Throws: ``SetError`` with the answer of a function from 400 on; `PostgresError`.
  func perform(_ steps: [SetStep], lockTimeout: Duration = .seconds(10)) async throws -> [String] {
    try await transaction { connection in
      try await connection.query(
        "select set_config('lock_timeout', \("\(lockTimeout.components.seconds)s"), true)")
      var notes: [String] = []
      for step in steps {
        switch step {
        case .statement(let text):
          try await connection.execute(text)
        case .call(let function):
          let rows = try await connection.query("select ret_code, ret_note from \(raw: function)")
          guard let (code, note) = try rows.first?.decode(Int.self, String?.self) else {
            throw PostgresError(.decoding, "a function of the node returned nothing", query: function)
          }
          guard code < 400 else { throw SetError("\(note ?? "") (\(code))", hint: Self.hint(code), answer: code) }
          if code >= 300, let note { notes.append(note) }
        }
      }
      return notes
    }
  }

  private static func hint(_ code: Int) -> String? {
    switch code {
    case 403, 405: "see the arguments of the trigger, and for several sources --merge-all and --no-merge"
    case 404: "see what there is: trunkline table missing"
    case 410: "remove it first, or change it: trunkline table change-handler"
    default: nil
    }
  }
}
