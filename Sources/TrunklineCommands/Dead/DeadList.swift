import ArgumentParser

/// `trunkline dead list`
struct DeadList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the dead letters, the oldest first.",
    discussion: """
      EXAMPLE
        trunkline dead list --queue mails --consumer mailer
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Only of this queue.", completion: .queueNames)
  var queue: String?

  @Option(help: "Only of this consumer.", completion: .consumerNames)
  var consumer: String?

  @Option(help: "So many at most.")
  var max = 100

  func run() async throws {
    let letters = try await connection.withConnection {
      try await DeadLetter.list(queue: queue, consumer: consumer, maximum: max, $0)
    }
    try output.print(letters, text: Self.text)
    if letters.count == max {
      StandardStreams.writeError("warning: there may be more than \(max); see --max\n")
    }
  }

  static func text(_ letters: [DeadLetter]) -> String {
    guard !letters.isEmpty else { return "no dead letters\n" }
    var table = TextTable(
      ["letter", "queue", "consumer", "event", "type", "key", "attempts", "died", "reason"], rightAligned: [0, 3, 6])
    for letter in letters {
      table.add([
        "\(letter.letter)", letter.queue, letter.consumer, "\(letter.event)", letter.type ?? "-", letter.key ?? "-",
        "\(letter.attempts)", String(letter.diedAt.prefix(19)), oneLine(letter.reason ?? "-"),
      ])
    }
    return table.text
  }

  private static func oneLine(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? " " : $0 })
    return line.count > 80 ? line.prefix(79) + "…" : line
  }
}
