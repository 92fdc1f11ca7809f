import Foundation
import PostgresTesting

/// A queue `q` with a consumer `c`, and a directory for what programs write.
struct ConsumeFixture {
  let shell: Shell
  let directory: URL

  static func with(_ settings: String..., body: (ConsumeFixture) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "trunkline-consume-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await withDatabase { database in
      let fixture = ConsumeFixture(shell: Shell(database: database), directory: directory)
      try await database.psql(
        """
        select pgq.create_queue('q');
        select trunkline.register('q', 'c');
        select trunkline.set_consumer('q', 'c', 'retry_delay', '0');
        """)
      for setting in settings { try await fixture.shell.checked("consumer", "set", "q", "c", setting) }
      try await body(fixture)
    }
  }

  /// `trunkline consume q --consumer c ...`
  func consume(_ arguments: String...) -> Program {
    var program = shell.program(["consume", "q", "--consumer", "c"] + arguments)
    program.directory = directory.path
    return program
  }

  /// The lines that it prints; throws unless the status is 0.
  func lines(_ arguments: String...) async throws -> [JSON] {
    var program = consume()
    program.arguments += arguments
    return JSON.lines(try await program.runChecked().standardOutput)
  }

  /// Sends events with the payloads `p1`, `p2`, ..., and makes a tick.
  func send(_ count: Int, keys: String = "null::text", from first: Int = 1) async throws {
    try await shell.database.psql(
      """
      select trunkline.send('q', 'p' || i, type => 't', key => \(keys))
      from generate_series(\(first), \(first + count - 1)) i
      """)
    try await shell.tick()
  }

  func file(_ name: String) -> String? {
    try? String(contentsOf: directory.appending(path: name), encoding: .utf8)
  }

  func touch(_ name: String) throws { try Data().write(to: directory.appending(path: name)) }

  func waitForFile(_ name: String) async throws {
    try await pollUntil("file \(name)") { file(name) != nil }
  }

  /// Waits until a signal reached the part that consumes; the program must log at level debug.
  func waitForDrain(_ running: RunningProgram) async throws {
    try await pollUntil("the signal to arrive") {
      running.standardError.split(separator: "\n").contains {
        $0.contains("Triggering graceful shutdown for service") && $0.contains("sl-service=consume")
      }
    }
  }

  /// Payloads of the lines in a file that a program wrote its input to.
  func payloads(_ name: String) -> [String] { JSON.lines(file(name) ?? "").compactMap(\.["payload"].text) }

  @discardableResult
  func psql(_ sql: String) async throws -> String { try await shell.database.psql(sql) }
}

extension JSON {
  static func lines(_ text: String) -> [JSON] { text.split(separator: "\n").map { JSON(String($0)) } }
}
