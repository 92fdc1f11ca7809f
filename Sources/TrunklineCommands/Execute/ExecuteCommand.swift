import ArgumentParser
import NodeCascade
import PostgresClient
import ServiceRuntime
import TableReplication

/// `trunkline execute`
struct ExecuteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "execute",
    abstract: "Run scripts on the root and, at the same place among the changes, on all nodes: DDL above all.",
    discussion: """
      Each script is one transaction on each node, and runs there once for ever by the name of its file. Rows that it changes are not logged: the
      script itself changes them everywhere. Lines "--*-- Need-Table: NAME" before the first statement say on which nodes it runs; the
      page ddl.md of the operators' documentation has all of them.

      EXAMPLE
        trunkline execute --db dbname=shop 2026-11-26-add-vat.sql --wait
        trunkline execute --db dbname=shop --name add-vat --sql 'alter table orders add vat numeric'
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The script itself instead of a file; needs --name.")
  var sql: String?

  @Option(help: "The name by which the script is run once for ever. Default: the name of its file without directories.")
  var name: String?

  @Flag(help: "Show what would run, and change nothing.")
  var dryRun = false

  @Flag(help: "Wait until all nodes have executed the scripts (--timeout for each of them).")
  var wait = false

  @Option(help: "Give up when a lock is not to be had for so long: others wait behind it. Default: never.")
  var lockTimeout: DurationArgument?

  @Argument(help: "Scripts in order; - is standard input and needs --name.", completion: .file(extensions: ["sql"]))
  var files: [String] = []

  func validate() throws {
    guard files.isEmpty == (sql != nil) else { throw ValidationError("name files, or give --sql, not both") }
    guard name != nil || (sql == nil && !files.contains("-")) else {
      throw ValidationError("a script without a file needs a name, by which it runs only once: --name")
    }
    guard name == nil || files.count < 2 else { throw ValidationError("--name is for one script") }
  }

  func run() async throws {
    let queue = try await cascade.name(connection)
    let scripts = try readScripts().map { try ScriptExecution(queue: queue, name: $0.name, sql: $0.text) }
    for script in scripts { if let misfit = script.misfit { throw misfit } }

    var configuration = connection.configuration
    configuration.lockTimeout = lockTimeout?.duration
    let session = try await PostgresConnection.connect(configuration, logger: connection.noticeLogger)
    do {
      if dryRun {
        let plans = try await scripts.map(session) { try await ScriptPlan.read($0, $1) }
        try output.print(plans) { $0.map(\.text).joined(separator: "\n") }
      } else {
        let results = try await execute(scripts, session)
        if wait { try await waitForAll() }
        try output.print(results) { $0.map { "\($0.script): \($0.result)" }.joined(separator: "\n") }
      }
    } catch {
      await session.close()
      throw error
    }
    await session.close()
  }

  private struct Result: Encodable {
    var script: String, result: String
  }

  private func execute(_ scripts: [ScriptExecution], _ session: PostgresConnection) async throws -> [Result] {
    var results: [Result] = []
    for script in scripts {
      do {
        let outcome = try await session.transaction { try await script.perform($0) }
        results.append(Result(script: script.name, result: outcome.rawValue))
      } catch var error as ScriptError where !results.isEmpty {
        error.message += "; scripts before it are done: \(results.map(\.script).joined(separator: ", "))"
        throw error
      }
    }
    return results
  }

  private func waitForAll() async throws {
    try await cascade.withCascade(connection) { cascade in
      let root = try await cascade.localNode()
      let tick = try await cascade.makeTick(on: root)
      try await cascade.run(ReachTickEverywhere(tick: tick), patience: self.cascade.timeout.duration) { step in
        StandardStreams.writeError("\(step.text)\n")
      }
    }
  }

  private func readScripts() throws -> [(name: String, text: String)] {
    if let sql { return [(name ?? "", sql)] }
    var scripts: [(name: String, text: String)] = []
    for file in files {
      let name = name ?? String(file.split(separator: "/").last ?? "")
      guard !scripts.contains(where: { $0.name == name }) else {
        throw CommandError(
          "two of the files are called \(name)", hint: "a script is run once by its name", exitCode: .usage)
      }
      scripts.append((name, try ScriptFile.read(file)))
    }
    return scripts
  }
}

extension [ScriptExecution] {
  fileprivate func map<Value>(
    _ session: PostgresConnection, _ transform: (ScriptExecution, PostgresConnection) async throws -> Value
  ) async throws -> [Value] {
    var values: [Value] = []
    for script in self { values.append(try await transform(script, session)) }
    return values
  }
}
