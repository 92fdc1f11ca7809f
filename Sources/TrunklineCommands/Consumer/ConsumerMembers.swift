import ArgumentParser
import PostgresClient

/// `trunkline consumer members`
struct ConsumerMembers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "Show the members that share the work of a consumer.",
    discussion: """
      EXAMPLE
        trunkline consumer members mails mailer
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumerArguments

  func run() async throws {
    let members = try await connection.withConnection { connection in
      guard try await !connection.query("select from pgq.get_consumer_info(\(names.queue), \(names.consumer))").isEmpty
      else { throw CommandError.noConsumer(names.consumer, names.queue) }
      return try await MemberStatus.read(names.consumer, of: names.queue, connection)
    }
    try output.print(members, text: MemberStatus.text)
  }
}
