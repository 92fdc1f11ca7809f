import ArgumentParser
import EventQueue

/// `trunkline queue list`
struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the queues: ticks, rates, consumers.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let queues = try await connection.withConnection { try await QueueStatus.read(nil, $0) }
    try output.print(queues, text: Self.text)
  }

  static func text(_ queues: [QueueStatus]) -> String {
    var table = TextTable(
      ["queue", "last tick", "ticker lag", "events/s", "new", "consumers", "rotation"], rightAligned: [1, 2, 3, 4, 5])
    for queue in queues {
      table.add([
        queue.queue, queue.lastTick.map(String.init) ?? "-", TimeText.short(queue.tickerLag),
        queue.eventsPerSecond.map { "\(Int($0.rounded()))" } ?? "-", queue.newEvents.map(String.init) ?? "-",
        "\(queue.consumers)", queue.isTickerPaused ? "\(queue.rotationPeriod), ticker paused" : queue.rotationPeriod,
      ])
    }
    return table.text
  }
}
