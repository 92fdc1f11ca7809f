import EventFormats
import PostgresClient

/// A call of one of the database's functions: to be run, or to be shown.
struct SQLCall: Encodable, Sendable {
  private let function: String
  private let arguments: [String?]

  /// - Parameter function: name with its schema; the program's own text.
  init(_ function: String, _ arguments: String?...) {
    self.function = function
    self.arguments = arguments
  }

  /// The call as a statement that psql can run.
  var text: String {
    "select \(function)(\(arguments.map { SQLLiteral.quote($0) }.joined(separator: ", ")));"
  }

  /// Runs the call and returns its result in text form.
  @discardableResult
  func run(_ connection: PostgresConnection) async throws -> String? {
    let places = arguments.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let sql = "select \(function)(\(places))"
    return try await connection.query(PostgresQuery(sql, arguments)).first?.cell(0).text()
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension DryRunOptions {
  /// Prints what would run.
  func print(_ calls: [SQLCall], _ output: OutputOptions) throws {
    try output.print(calls) { calls in calls.map { $0.text + "\n" }.joined() }
  }
}
