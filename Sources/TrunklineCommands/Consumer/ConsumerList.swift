import ArgumentParser
import EventQueue

/// `trunkline consumer list`
struct ConsumerList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the consumers of all queues, and how far behind they are.",
    discussion: """
      EXAMPLE
        trunkline consumer list --queue mails
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Only this queue.")
  var queue: String?

  func run() async throws {
    let consumers = try await connection.withConnection { try await ConsumerStatus.read(queue, $0) }
    try output.print(consumers, text: Self.text)
  }

  static func text(_ consumers: [ConsumerStatus]) -> String {
    var table = TextTable(
      ["queue", "consumer", "last tick", "lag", "last seen", "pending", "open batch"], rightAligned: [2, 3, 4, 5, 6])
    for consumer in consumers {
      table.add([
        consumer.queue, consumer.consumer, consumer.lastTick.map(String.init) ?? "-", TimeText.short(consumer.lag),
        TimeText.short(consumer.lastSeen), consumer.pendingEvents.map(String.init) ?? "-",
        consumer.batch.map(String.init) ?? "-",
      ])
    }
    return table.text
  }
}
