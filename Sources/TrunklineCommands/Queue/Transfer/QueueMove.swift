import ArgumentParser
import EventQueue
import ServiceRuntime

/// `trunkline queue move`
struct QueueMove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract: "Move the events of a queue into a queue of another database, each exactly once.",
    discussion: """
      Events keep their order, time, type, data and extra fields; they get new ids. It can be killed at any moment and
      started again; nothing is lost or comes twice. The schemas must be installed in both databases, and a ticker must
      run for the source.

      EXAMPLE
        trunkline queue move orders --db dbname=shop --target dbname=archive --create
      """)

  @OptionGroup var transfer: TransferOptions
  @OptionGroup var filter: EventFilterOptions

  @Option(help: "Queue to write into. Default: the same name.")
  var targetQueue: String?

  @Flag(help: "Create the target queue if it does not exist.")
  var create = false

  func run() async throws {
    let settings = try await transfer.settings(["target-queue": targetQueue])
    var routing = EventRouting(rest: .queue(settings.text("target-queue") ?? transfer.queue))
    routing.filter = try filter.filter(settings)
    var work = QueueTransfer(routing)
    work.makesQueues = create
    try await transfer.run("move", settings, start: { [work] session, _ in try await work.start(session) })
  }
}
