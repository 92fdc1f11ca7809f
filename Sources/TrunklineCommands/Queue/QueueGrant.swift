import ArgumentParser
import PostgresClient

/// `trunkline queue grant`
struct QueueGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Let roles produce into, consume from or manage one queue.",
    discussion: """
      produce: send events. consume: register consumers and work as those. manage: both, work as every consumer, change \
      settings, grant the other two. Members of pgq_writer, pgq_reader and pgq_admin may do this with all queues anyway.

      EXAMPLE
        trunkline queue grant mails produce,consume app
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var grant: GrantArguments

  func run() async throws {
    try await grant.run("trunkline.grant_queue", done: "granted", not: "granted before", connection, dryRun, output)
  }
}

/// `trunkline queue revoke`
struct QueueRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take back what 'queue grant' gave.",
    discussion: """
      Consumers of the role stay registered, but it cannot work as them any more.

      EXAMPLE
        trunkline queue revoke mails consume app
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var grant: GrantArguments

  func run() async throws {
    try await grant.run("trunkline.revoke_queue", done: "revoked", not: "was not granted", connection, dryRun, output)
  }
}

/// What is granted to whom.
struct GrantArguments: ParsableArguments {
  @Argument(help: "Name of the queue.", completion: .queueNames)
  var queue: String

  @Argument(
    help: "produce, consume, manage; several with commas.", completion: .list(["produce", "consume", "manage"]))
  var privileges: String

  @Argument(help: "Roles; 'public' is everybody.", completion: .roleNames)
  var roles: [String]

  private struct Result: Encodable {
    var queue: String
    var role: String
    var privilege: String
    var result: String
  }

  func run(
    _ function: String, done: String, not: String, _ connection: ConnectionOptions, _ dryRun: DryRunOptions,
    _ output: OutputOptions
  ) async throws {
    let pairs = roles.flatMap { role in privileges.split(separator: ",").map { (role, String($0)) } }
    let calls = pairs.map { SQLCall(function, queue, $0, $1) }
    guard !dryRun.dryRun else { return try dryRun.print(calls, output) }
    let changed = try await connection.withConnection { connection in
      try await connection.transaction { connection in
        var changed: [Bool] = []
        for call in calls { changed.append(try await call.run(connection) == "1") }
        return changed
      }
    }
    let results = zip(pairs, changed).map {
      Result(queue: queue, role: $0.0, privilege: $0.1, result: $1 ? done : not)
    }
    try output.print(results) { results in
      results.map { "\($0.privilege) on queue \"\($0.queue)\", role \"\($0.role)\": \($0.result)\n" }.joined()
    }
  }
}
