import Foundation
import PostgresTesting

/// Runs `trunkline` on one database, as a user in a shell with the `PG*` variables set.
struct Shell {
  let database: TestDatabase
  var user = "postgres"

  func program(_ arguments: [String], input: String? = nil) -> Program {
    TrunklineProgram.command(arguments, environment: database.tools(user: user).environment, input: input)
  }

  /// The output, whatever the status.
  func run(_ arguments: String..., input: String? = nil) async throws -> Program.Output {
    try await program(arguments, input: input).run()
  }

  /// Standard output; throws unless the status is 0.
  @discardableResult
  func checked(_ arguments: String..., input: String? = nil) async throws -> String {
    try await program(arguments, input: input).runChecked().standardOutput
  }

  /// The JSON that `--json` prints.
  func json(_ arguments: String...) async throws -> JSON {
    JSON(try await program(arguments + ["--json"]).runChecked().standardOutput)
  }

  /// One tick of every queue, and due retries, as a ticker would make them.
  func tick() async throws {
    try await database.psql("select pgq.maint_retry_events(); select pgq.force_tick(queue_name) from pgq.queue")
    try await database.psql("select pgq.ticker(queue_name) from pgq.queue")
  }
}

/// JSON without a type, for looking into what a command printed.
struct JSON: CustomStringConvertible {
  let value: Any?

  init(_ text: String) { value = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) }

  private init(value: Any?) { self.value = value }

  subscript(key: String) -> JSON { JSON(value: (value as? [String: Any])?[key]) }

  subscript(index: Int) -> JSON {
    let array = value as? [Any] ?? []
    return JSON(value: array.indices.contains(index) ? array[index] : nil)
  }

  var array: [JSON] { (value as? [Any] ?? []).map { JSON(value: $0) } }
  var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
  var text: String? { value as? String }
  var int: Int? { (value as? NSNumber)?.intValue }
  var bool: Bool? { (value as? NSNumber)?.boolValue }
  var isNull: Bool { value == nil || value is NSNull }
  var description: String { value.map { "\($0)" } ?? "nothing" }
}
