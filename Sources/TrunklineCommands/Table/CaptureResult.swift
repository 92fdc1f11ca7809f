import PostgresClient
import ServiceRuntime

/// What a command did with one table, for printing.
struct CaptureResult: Encodable {
  var table: String
  var queue: String
  var result: String
  var error: String?
  var sql: [String]?

  /// One line a table.
  static func lines(_ results: [CaptureResult]) -> String {
    results.map { "\($0.table): \($0.result)\($0.error.map { ": " + $0 } ?? "")\n" }.joined()
  }

  /// A script that psql can run.
  static func script(_ results: [CaptureResult]) -> String {
    results.map { result in
      let head = "-- \(result.table)\(result.error.map { ": " + $0 } ?? "")\n"
      return head + (result.sql ?? []).map { $0 + ";\n" }.joined()
    }.joined(separator: "\n")
  }
}

/// Errors of single tables, reported together at the end.
struct CaptureFailures {
  private var first: PostgresError?
  private var count = 0

  mutating func add(_ error: PostgresError) {
    first = first ?? error
    count += 1
  }

  func throwIfAny() throws {
    guard let first else { return }
    throw CommandError("\(count) table\(count == 1 ? "" : "s") could not be captured", hint: first.hint)
  }
}
