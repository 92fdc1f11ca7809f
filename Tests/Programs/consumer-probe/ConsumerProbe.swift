import EventQueue
import Logging
import PostgresClient
import ServiceLifecycle

/// Consumes queue `q` as `c` and writes one row into `effect` for each event. Tests kill it.
@main struct ConsumerProbe {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4 else { return print("usage: consumer-probe MODE DATABASE TARGET") }
    let target = PostgresConfiguration(arguments[3])
    var consumer = QueueConsumer(queue: "q", name: "c", database: PostgresConfiguration(arguments[2]))
    consumer.pollInterval = .milliseconds(100)
    switch arguments[1] {
    case "transaction": try await consumer.runInTransaction(write)
    case "target": try await consumer.run(into: target, write)
    case "messages":
      var messages = MessageConsumer(queue: "q", name: "c", database: PostgresConfiguration(arguments[2]))
      messages.pollInterval = .milliseconds(100)
      try await messages.runInTransaction { message, connection in
        try await connection.query("insert into effect values (\(message.payload)::bigint)")
      }
    default:
      let connection = try await PostgresConnection.connect(target)
      try await consumer.run { batch in try await write(batch, connection) }
    }
  }

  @Sendable private static func write(_ batch: OpenBatch, _ connection: PostgresConnection) async throws {
    for try await event in batch.events {
      try await connection.query("insert into effect values (\(try event.data)::bigint)")
    }
  }
}
