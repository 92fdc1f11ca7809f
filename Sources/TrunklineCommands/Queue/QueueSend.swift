import ArgumentParser
import EventQueue
import Glibc
import PostgresClient
import ServiceRuntime

/// `trunkline queue send`
struct QueueSend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Send events: arguments, or standard input, one a line.",
    discussion: """
      With --json-lines each line is an object with payload, and if wanted type, key, headers, delay or deliver_at, dedup_key and \
      dedup_window; what it says wins over the options. A payload that is not a string is sent as JSON.

      When an event is refused the command ends and says which one it was and what is committed. With a --dedup-key such as \
      'import-7-%n' (%n is the number of the event) the same input can be sent again as a whole.

      EXAMPLE
        trunkline queue send mails 'Hello' --type greeting --key 17
        trunkline queue send mails --batch 10000 < addresses.txt
        jq -c '.[] | {type: "order", payload: .}' orders.json | trunkline queue send orders --json-lines
        find . -print0 | trunkline queue send files --null --single-transaction
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "What kind of events these are.")
  var type: String?

  @Option(help: "Events with one key are delivered in order to consumers that ask for that.")
  var key: String?

  @Option(help: "A header, as name=value; may be repeated.")
  var header: [SettingAssignment] = []

  @Option(help: "Deliver so much later, as 250ms, 2s, 1.5min, 1h, 1d.")
  var delay: DurationArgument?

  @Option(help: "Send no second event with this key; %n in it is the number of the event in the input.")
  var dedupKey: String?

  @Option(help: "For how long the key counts.")
  var dedupWindow = DurationArgument(.seconds(86_400))

  @Flag(help: "Each record of the input is a JSON object that describes an event.")
  var jsonLines = false

  @Flag(help: "Records of the input end with a NUL byte, not with a line feed.")
  var null = false

  @Option(help: "Events of one transaction. What comes slowly is sent at once.")
  var batch = 1000

  @Flag(help: "All in one transaction: all events are sent, or none.")
  var singleTransaction = false

  @Argument(help: "Name of the queue.", completion: .queueNames)
  var queue: String

  @Argument(help: "Payloads; without them standard input is read.")
  var payloads: [String] = []

  func validate() throws {
    guard batch > 0 else { throw ValidationError("--batch must be at least 1") }
    guard header.allSatisfy({ $0.value != nil }) else { throw ValidationError("--header is name=value") }
  }

  func run() async throws {
    // Nobody reading what is printed is no reason to stop half-way.
    signal(SIGPIPE, SIG_IGN)
    let progress = SendProgress()
    let sending = EventSending(
      queue: queue, template: template, batchSize: singleTransaction ? nil : batch, progress: progress)
    do {
      try await connection.withConnection { connection in
        try await sending.run(source, over: connection)
      }
    } catch {
      progress.clear()
      if output.json, sending.result.events > 0 { try output.print(sending.result, text: \.text) }
      guard error is CancellationError else { throw error }
      throw CommandError("interrupted", hint: sending.committed, exitCode: .temporary)
    }
    progress.clear()
    try output.print(sending.result, text: \.text)
  }

  private var template: EventTemplate {
    EventTemplate(
      type: type, key: key, headers: Dictionary(header.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 }),
      delivery: delay.map { .after($0.duration) } ?? .now, deduplicationKey: dedupKey,
      deduplicationWindow: dedupWindow.duration, isJSON: jsonLines)
  }

  private var source: (_ isWaiting: Bool) async throws -> InputRecords.Portion {
    if !payloads.isEmpty {
      var records: [[UInt8]]? = payloads.map { Array($0.utf8) }
      return { _ in
        defer { records = nil }
        return records.map { .records($0) } ?? .end
      }
    }
    if isatty(STDIN_FILENO) == 1 {
      StandardStreams.writeError("one event a line; end with Ctrl-D\n")
    }
    let input = InputRecords(descriptor: STDIN_FILENO, separator: null ? 0 : UInt8(ascii: "\n"))
    let interruption = Interruption()
    return { isWaiting in
      guard !interruption.isRequested else { throw CancellationError() }
      // Short waits let an interruption through.
      return try await input.next(waiting: isWaiting ? .milliseconds(50) : .milliseconds(250))
    }
  }
}
