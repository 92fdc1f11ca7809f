import ArgumentParser
import EventQueue

/// `trunkline queue show`
struct QueueShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one queue: ticker, settings, tables, consumers, delayed events, grants.",
    discussion: """
      EXAMPLE
        trunkline queue show mails
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var name: QueueArgument

  func run() async throws {
    let details = try await connection.withConnection { try await QueueDetails.read(name.queue, $0) }
    try output.print(details, text: Self.text)
  }

  static func text(_ details: QueueDetails) -> String {
    let status = details.status
    let ticker =
      status.isTickerPaused
      ? "paused" : details.isExternalTicker ? "elsewhere" : "newest tick \(status.lastTick.map(String.init) ?? "-")"
    let delayed = details.delayed.map { delayed in
      "\(delayed.events) events\(delayed.next.map { ", the first until \($0)" } ?? "")"
    }
    var parts = [
      """
      queue \(status.queue)
      ticker: \(ticker), \(TimeText.short(status.tickerLag)) ago; \(status.newEvents.map(String.init) ?? "-") events since, \
      \(status.eventsPerSecond.map { "\(Int($0.rounded()))" } ?? "-") a second
      delayed: \(delayed ?? "?")

      """,
      SettingValue.text(details.settings), tables(details), consumers(details),
    ]
    if !details.grants.isEmpty {
      var table = TextTable(["role", "may"])
      for grant in details.grants { table.add([grant.role, grant.privileges.joined(separator: ", ")]) }
      parts.append(table.text)
    }
    return parts.joined(separator: "\n")
  }

  private static func tables(_ details: QueueDetails) -> String {
    var table = TextTable(["slot", "table", "size", ""], rightAligned: [0, 2])
    for one in details.tables {
      table.add(["\(one.slot)", one.table, SizeText.short(one.bytes), one.isCurrent ? "current" : ""])
    }
    return table.text + "rotated \(details.rotatedAt)\n"
  }

  private static func consumers(_ details: QueueDetails) -> String {
    guard !details.consumers.isEmpty else { return "no consumers\n" }
    var table = TextTable(["consumer", "lag", "pending", "last seen"], rightAligned: [1, 2, 3])
    for consumer in details.consumers {
      table.add([
        consumer.consumer, TimeText.short(consumer.lag), consumer.pendingEvents.map(String.init) ?? "-",
        TimeText.short(consumer.lastSeen),
      ])
    }
    return table.text
  }
}
