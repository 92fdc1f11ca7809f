import ArgumentParser
import Foundation
import Logging
import ServiceRuntime
import Telemetry

/// `trunkline consume`
struct ConsumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consume",
    abstract: "Receive events: print them as lines of JSON, or run a program for each event or batch.",
    discussion: """
      Without --exec events go to standard output and are acknowledged when they were written. With --exec a program gets \
      each event as a line of JSON on its standard input. Its exit status decides: 0 done; 100 given up, the event becomes \
      a dead letter; anything else, 75 by convention: delivered again after a while, with the last line of its standard \
      error as the reason. With --batch it gets all events of a batch, and may judge single ones on file descriptor 3.

      Ends when nothing is left; with --follow it waits for more. SIGTERM and the first interrupt let running programs \
      finish and give the rest back, a second interrupt kills them. Lines and verdicts: docs/operators/consume.md.

      EXAMPLES
        trunkline consume mails --consumer mailer --register --follow
        trunkline consume mails --consumer mailer --follow --workers 4 --timeout 1min --exec ./send-mail
        trunkline consume mails --consumer audit --batch --exec sh -c 'cat >>audit.log'
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var log: LogOptions
  @OptionGroup var metrics: MetricsOptions

  @Argument(help: "Name of the queue.", completion: .queueNames)
  var queue: String

  @Option(help: "Name of the consumer.", completion: .consumerNames)
  var consumer: String

  @Option(help: "Name of this receiver, where several share the work of the consumer.")
  var member: String?

  @Flag(help: "Register the consumer if it is not: it gets what is sent from now on.")
  var register = false

  @Flag(help: "Wait for more events, until a signal.")
  var follow = false

  @Option(help: "Without --follow: end when nothing came for so long.")
  var wait: DurationArgument = DurationArgument(.zero)

  @Option(help: "End after so many events.")
  var max: Int?

  @Option(help: "Receive so many events at once at most. (default: 100; without --exec 1000)")
  var batchSize: Int?

  @Flag(help: "With --exec, run the program for each event (the default) or for all events received at once.")
  var unit: ConsumeUnit = .event

  @Option(help: "With --exec, so many programs at the same time.")
  var workers = 1

  @Option(help: "With --exec, kill a program that runs longer; its event is delivered again.")
  var timeout: DurationArgument?

  @Option(
    parsing: .remaining, help: "The program and its arguments; must stand at the end of the command line.",
    completion: .shellCommand("compgen -c"))
  var exec: [String] = []

  func validate() throws {
    if exec.isEmpty, unit == .batch || workers != 1 || timeout != nil {
      throw ValidationError("--batch, --workers and --timeout need --exec.")
    }
    guard workers >= 1, batchSize ?? 1 >= 1, max ?? 1 >= 1 else {
      throw ValidationError("--workers, --batch-size and --max must be at least 1.")
    }
    guard unit == .event || workers == 1 else {
      throw ValidationError(
        "One program gets a batch: run several 'trunkline consume --member ...' instead of --workers.")
    }
  }

  func run() async throws {
    // A reader or program that went away is an error of the write, not our end.
    signal(SIGPIPE, SIG_IGN)
    let work = try ConsumeWork(
      queue: queue, consumer: consumer, member: member, program: program(), unit: unit, workers: workers)
    let environment = ProcessInfo.processInfo.environment
    var flags = log.flags.merging(metrics.flags) { $1 }
    if flags["log.level"] == nil { flags["log.level"] = "notice" }
    let settings = try await Settings(flags: flags, environment: environment, file: environment["TRUNKLINE_CONFIG"])
    let destination = try LogOptions.setup(from: settings).bootstrap()
    let logger = Logger(label: "consume")
    let health = DaemonHealth()
    let telemetry = try MetricsOptions.services(from: settings, daemon: "consume", health: health, logger: logger)
    var service = ConsumeService(
      work: work, configuration: connection.configuration, isFollowing: follow, registers: register,
      idleLimit: wait.duration, maximum: max, batchSize: batchSize ?? (exec.isEmpty ? 1000 : 100), logger: logger)
    service.onRound = { health.cameRound($0) }
    // Programs may take their time to finish; whoever stops us decides how long that is.
    try await ServiceRunner(logger: logger, drainLimit: nil) { try? destination.reopen() }.run([service] + telemetry)
  }

  /// The program to run; nil to print.
  private func program() throws -> ChildProgram? {
    guard let name = exec.first else { return nil }
    guard let path = ChildProgram.find(name) else {
      throw CommandError("there is no program \"\(name)\" that can be run", exitCode: .usage)
    }
    var environment = ProcessInfo.processInfo.environment
    environment["TRUNKLINE_QUEUE"] = queue
    environment["TRUNKLINE_CONSUMER"] = consumer
    environment["TRUNKLINE_MEMBER"] = member
    return ChildProgram(
      arguments: [path] + exec.dropFirst(), environment: environment, timeLimit: timeout?.duration,
      hasVerdicts: unit == .batch)
  }
}

/// What a program is run for.
enum ConsumeUnit: String, EnumerableFlag, Sendable {
  case event, batch

  static func help(for value: ConsumeUnit) -> ArgumentHelp? {
    switch value {
    case .event: "With --exec, run the program for each event (the default)."
    case .batch: "With --exec, run the program for all events that were received at once."
    }
  }
}
