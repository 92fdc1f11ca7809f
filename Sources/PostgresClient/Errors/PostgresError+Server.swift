import CLibPQ

extension PostgresError {
  /// Reads the fields of an error or notice result.
  init(result: OpaquePointer, query: String?) {
    func field(_ code: Int) -> String? {
      PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
    }
    let kind = PQresStatus(PQresultStatus(result)).map { String(cString: $0) } ?? "?"
    self.init(.server, field(fieldMessage) ?? "an unexpected answer of the kind \(kind)", query: query)
    sqlState = field(fieldSQLState).map { SQLState(rawValue: $0) }
    severity = field(fieldSeverity)
    detail = field(fieldDetail)
    hint = field(fieldHint)
    schema = field(fieldSchema)
    table = field(fieldTable)
    column = field(fieldColumn)
    constraint = field(fieldConstraint)
    position = field(fieldPosition).flatMap { Int($0) }
    context = field(fieldContext)
    if sqlState == nil, let text = PQresultErrorMessage(result).map({ String(cString: $0) }), !text.isEmpty {
      message = trimmed(text)  // libpq's own errors have no fields
    }
    context = context.map(Self.withoutParameters)
  }

  /// Whether the server ends the session with this error.
  var endsSession: Bool { severity == "FATAL" || severity == "PANIC" }

  static let lossHint = "the server stopped or the network was cut; look at the server's log"

  /// An error for a connection that broke.
  static func lost(_ text: String) -> PostgresError {
    PostgresError(
      .connectionLost, text.isEmpty ? "the connection to the server was lost" : trimmed(text), hint: lossHint)
  }

  /// A server with `log_parameter_max_length_on_error` adds the parameters' values to the context.
  private static func withoutParameters(_ context: String) -> String {
    context.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        guard let values = line.firstRange(of: "parameters: $1 = ") else { return line }
        return line[..<values.lowerBound] + "parameters (left out)"
      }.joined(separator: "\n")
  }
}

func trimmed(_ text: String) -> String {
  var text = Substring(text)
  while let last = text.last, last.isWhitespace { text.removeLast() }
  return String(text)
}

// The PG_DIAG_* macros are character constants, which Swift does not import.
private let fieldSeverity = 86  // 'V', not translated
private let fieldSQLState = 67  // 'C'
private let fieldMessage = 77  // 'M'
private let fieldDetail = 68  // 'D'
private let fieldHint = 72  // 'H'
private let fieldPosition = 80  // 'P'
private let fieldContext = 87  // 'W'
private let fieldSchema = 115  // 's'
private let fieldTable = 116  // 't'
private let fieldColumn = 99  // 'c'
private let fieldConstraint = 110  // 'n'
