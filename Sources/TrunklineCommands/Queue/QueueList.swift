import ArgumentParser
import EventQueue

/// `trunkline queue list`
struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the queues: ticks, rates, consumers.",
    discussion: """
      --wide adds the size of the events on disk, the age of the oldest tick that is kept, the slowest consumer and its lag.

      EXAMPLE
        trunkline queue list --wide
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "More columns.")
  var wide = false

  func run() async throws {
    if wide {
      try output.print(try await connection.withConnection { try await QueueExtent.read($0) }, text: Self.wideText)
    } else {
      try output.print(try await connection.withConnection { try await QueueStatus.read(nil, $0) }, text: Self.text)
    }
  }

  private static let headings = ["queue", "last tick", "ticker lag", "events/s", "new", "consumers", "rotation"]

  static func text(_ queues: [QueueStatus]) -> String {
    var table = TextTable(headings, rightAligned: [1, 2, 3, 4, 5])
    for queue in queues { table.add(cells(queue)) }
    return table.text
  }

  private static func wideText(_ queues: [QueueExtent]) -> String {
    var table = TextTable(
      headings + ["size", "oldest tick", "slowest consumer", "its lag"], rightAligned: [1, 2, 3, 4, 5, 7, 8, 10])
    for queue in queues {
      table.add(
        cells(queue.status) + [
          SizeText.short(queue.bytes), TimeText.short(queue.oldestTick), queue.slowestConsumer ?? "-",
          TimeText.short(queue.slowestLag),
        ])
    }
    return table.text
  }

  private static func cells(_ queue: QueueStatus) -> [String] {
    [
      queue.queue, queue.lastTick.map(String.init) ?? "-", TimeText.short(queue.tickerLag),
      queue.eventsPerSecond.map { "\(Int($0.rounded()))" } ?? "-", queue.newEvents.map(String.init) ?? "-",
      "\(queue.consumers)", queue.isTickerPaused ? "\(queue.rotationPeriod), ticker paused" : queue.rotationPeriod,
    ]
  }
}
