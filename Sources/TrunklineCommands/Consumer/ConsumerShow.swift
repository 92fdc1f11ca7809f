import ArgumentParser
import EventQueue

/// `trunkline consumer show`
struct ConsumerShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one consumer: position, process, what it received, settings, lanes, members.",
    discussion: """
      EXAMPLE
        trunkline consumer show mails mailer
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumerArguments

  func run() async throws {
    let details = try await connection.withConnection {
      try await ConsumerDetails.read(names.consumer, of: names.queue, $0)
    }
    try output.print(details, text: Self.text)
  }

  static func text(_ details: ConsumerDetails) -> String {
    let (status, received) = (details.status, details.received)
    var parts = [
      """
      consumer \(status.consumer) of queue \(status.queue)
      position: tick \(status.lastTick.map(String.init) ?? "-"), \(TimeText.short(status.lag)) behind, \
      \(status.pendingEvents.map(String.init) ?? "-") events wait
      last seen: \(TimeText.short(status.lastSeen)) ago\(details.holder.map { ", attached by \($0)" } ?? "")
      received: \(received.acknowledged) done, \(received.retried) failed and retried, \(received.dead) given up, \
      \(received.expired) expired\(received.leaseUntil.map { "; events are out until \($0)" } ?? "")
      dead letters: \(details.deadLetters)\(details.deadLetters >= 1000 ? " or more" : "")

      """,
      SettingValue.text(details.settings),
    ]
    if !details.lanes.isEmpty {
      var table = TextTable(["lane", "last tick", "lag", "pending"], rightAligned: [0, 1, 2, 3])
      for lane in details.lanes {
        table.add([
          "\(lane.lane)", lane.lastTick.map(String.init) ?? "-", TimeText.short(lane.lag),
          lane.pendingEvents.map(String.init) ?? "-",
        ])
      }
      parts.append(table.text)
    }
    if !details.members.isEmpty { parts.append(MemberStatus.text(details.members)) }
    return parts.joined(separator: "\n")
  }
}
