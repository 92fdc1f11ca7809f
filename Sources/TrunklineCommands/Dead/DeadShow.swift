import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline dead show`
struct DeadShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one dead letter: the whole event, and each of its failures.",
    discussion: """
      EXAMPLE
        trunkline dead show 17
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Number of the dead letter, as 'dead list' shows it.")
  var letter: Int64

  private struct Details: Encodable {
    var letter: DeadLetter
    var headers: String?
    var extra1: String?
    var extra2: String?
    var failures: [Failure]

    private enum CodingKeys: CodingKey { case headers, extra1, extra2, failures }

    /// The members of the letter and these, in one object.
    func encode(to encoder: any Encoder) throws {
      try letter.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(headers, forKey: .headers)
      try container.encodeIfPresent(extra1, forKey: .extra1)
      try container.encodeIfPresent(extra2, forKey: .extra2)
      try container.encode(failures, forKey: .failures)
    }
  }

  private struct Failure: Encodable {
    var attempt: Int
    var failedAt: String
    var reason: String?
  }

  func run() async throws {
    let details = try await connection.withConnection { try await read($0) }
    try output.print(details, text: Self.text)
  }

  private func read(_ connection: PostgresConnection) async throws -> Details {
    let rows = try await connection.query(
      """
      select queue_name, consumer_name, event_id, type, key, payload, attempts, reason, sent_at, died_at,
             headers, extra1, extra2
      from trunkline.get_dead(\(letter))
      """)
    guard let row = rows.first else {
      throw CommandError(
        "there is no dead letter \(letter)", hint: "see which there are: trunkline dead list", exitCode: .configuration)
    }
    let failures = try await connection.query(
      """
      select f ->> 'attempt', f ->> 'failed_at', f ->> 'reason'
      from trunkline.get_dead(\(letter)) d, jsonb_array_elements(d.failures) f
      """)
    return Details(
      letter: DeadLetter(
        letter: letter, queue: try row.decode(0), consumer: try row.decode(1), event: try row.decode(2),
        type: try row.decode(3), key: try row.decode(4), payload: try row.decode(5), attempts: try row.decode(6),
        reason: try row.decode(7), sentAt: try row.decode(8), diedAt: try row.decode(9)),
      headers: try row.decode(10), extra1: try row.decode(11), extra2: try row.decode(12),
      failures: try failures.map {
        Failure(attempt: try $0.decode(0), failedAt: try $0.decode(1), reason: try $0.decode(2))
      })
  }

  private static func text(_ details: Details) -> String {
    let letter = details.letter
    var text = """
      event \(letter.event) of queue \(letter.queue), given up by consumer \(letter.consumer)
      sent \(letter.sentAt), died \(letter.diedAt), after \(letter.attempts) attempts
      reason: \(letter.reason ?? "-")

      """
    let fields = [
      ("type", letter.type), ("key", letter.key), ("headers", details.headers), ("extra1", details.extra1),
      ("extra2", details.extra2), ("payload", letter.payload),
    ]
    for case (let name, let value?) in fields { text += "\(name): \(value)\n" }
    if !details.failures.isEmpty {
      var table = TextTable(["attempt", "failed at", "reason"], rightAligned: [0])
      for failure in details.failures { table.add(["\(failure.attempt)", failure.failedAt, failure.reason ?? "-"]) }
      text += "\n" + table.text
    }
    return text
  }
}
