import ArgumentParser
import CrashKit
import EventQueue
import PostgresClient
import ServiceLifecycle

/// Writes a row for each event, exactly once: in the transaction that finishes the batch, or in another database.
struct EffectRole: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "effect", shouldDisplay: false)

  @OptionGroup var options: RoleOptions
  @Option var consumer: String
  /// Connection string of the other database.
  @Option var target: String?

  func run() async throws {
    var consumer = QueueConsumer(
      queue: options.queue, name: consumer, database: options.database, logger: options.logger)
    consumer.pollInterval = .seconds(1)
    consumer.maximumEvents = 500
    let (configured, target, options) = (consumer, target, options)
    try await options.run {
      do {
        if let target {
          try await configured.run(into: PostgresConfiguration(target, connectTimeout: .seconds(5))) {
            try await Self.write($0, configured.name, $1)
          }
        } else {
          try await configured.runInTransaction { try await Self.write($0, configured.name, $1) }
        }
      } catch let error as PostgresError where error.sqlState == "TL001" {
        return
      }
    }
  }

  /// No unique key: what comes twice shall be seen.
  private static func write(
    _ batch: OpenBatch, _ consumer: String, _ transaction: PostgresConnection
  ) async throws {
    var names: [String] = []
    var keys: [String] = []
    for try await event in batch.events {
      names.append(try event.data.flatMap { EventName($0) }?.description ?? "?")
      keys.append(try event.extra4 ?? "")
    }
    guard !names.isEmpty else { return }
    try await transaction.query(
      """
      insert into torture_effect (consumer, event, key)
      select \(consumer), e.name, e.key
      from unnest(\("{\(names.joined(separator: ","))}")::text[], \("{\(keys.joined(separator: ","))}")::text[])
           with ordinality e (name, key, place)
      order by e.place
      """)
  }
}
