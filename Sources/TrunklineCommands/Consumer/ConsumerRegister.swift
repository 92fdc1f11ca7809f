import ArgumentParser
import PostgresClient

/// `trunkline consumer register`
struct ConsumerRegister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Register a consumer at the newest tick: it gets what is inserted from now on.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var names: ConsumerArguments

  func run() async throws {
    let isNew = try await connection.withConnection { connection in
      try await connection.query("select pgq.register_consumer(\(names.queue), \(names.consumer))")
        .first?.decode(0, as: Int.self) == 1
    }
    StandardStreams.write(isNew ? "registered\n" : "registered already; its position is as it was\n")
  }
}
