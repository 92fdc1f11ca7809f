import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline consumer seek`
struct ConsumerSeek: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seek",
    abstract: "Move a consumer behind another tick; its open batch is dropped.",
    discussion: """
      Moving forward leaves events out for good; moving back brings events again. A worker of 'trunkline replicate' keeps
      its position in the target: stop it, move the consumer, and set last_tick in the target's trunkline.position.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var names: ConsumerArguments

  @Option(help: "A tick that is still there; 'newest' leaves out everything that waits.")
  var tick: String

  func run() async throws {
    guard tick == "newest" || Int64(tick) != nil else {
      throw CommandError("--tick is a tick's number or 'newest'", exitCode: .usage)
    }
    let position = try await connection.withConnection { connection in
      let newest = try await connection.query("select last_tick_id from pgq.get_queue_info(\(names.queue))")
      let target: Int64? = try Int64(tick) ?? newest.first?.decode(0)
      try await connection.query("select pgq.register_consumer_at(\(names.queue), \(names.consumer), \(target))")
      return target
    }
    StandardStreams.write("moved behind tick \(position.map(String.init) ?? "-")\n")
  }
}
