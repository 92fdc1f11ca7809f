import ArgumentParser
import CrashKit
import EventQueue
import PostgresClient
import ServiceLifecycle

/// Reads batches, alone or as a member of a group, and writes down what it gets.
struct ConsumerRole: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "consumer", shouldDisplay: false)

  @OptionGroup var options: RoleOptions
  @Option var consumer: String
  @Option var member: String?
  /// Whether some events are put aside for a retry.
  @Flag var retries = false

  func run() async throws {
    let recorder = try BatchRecorder(options)
    let (options, retries) = (options, retries)
    var consumer = QueueConsumer(
      queue: options.queue, name: consumer, member: member, database: options.database, logger: options.logger)
    consumer.pollInterval = .seconds(1)
    consumer.maximumEvents = 500
    consumer.heartbeatInterval = .milliseconds(500)
    let configured = consumer
    try await options.run {
      while !Task.isShuttingDownGracefully {
        do {
          await recorder.begin()
          try await Self.work(configured, recorder, retries: retries)
        } catch let error as PostgresError where error.isTransient {
          try await pause(milliseconds: 100)
        } catch let error as PostgresError where error.sqlState == "TL001" {
          // Somebody took over: of one name only the newest works. A member that was silent for too long begins anew.
          guard configured.member != nil else { return }
          try await pause(milliseconds: 100)
        }
      }
    }
  }

  private static func work(_ consumer: QueueConsumer, _ recorder: BatchRecorder, retries: Bool) async throws {
    try await consumer.withBatches { batches in
      for try await batch in batches {
        try await recorder.read(batch, retries: retries)
        let asked = monotonicTime()
        try await batch.finish()
        try await recorder.finished(BatchRecorder.name(batch), asked: asked)
      }
    }
  }
}
