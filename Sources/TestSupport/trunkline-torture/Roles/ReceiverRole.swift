import ArgumentParser
import CrashKit
import PostgresClient
import ServiceLifecycle

/// Receives and acknowledges through `trunkline.receive()`, as a program of any language does.
struct ReceiverRole: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "receiver", shouldDisplay: false)

  @OptionGroup var options: RoleOptions
  @Option var consumer: String
  @Option var member: String?
  /// Whether some events fail.
  @Flag var failures = false

  func run() async throws {
    let receiver = Receiver(
      options: options, consumer: consumer, member: member, failures: failures,
      history: try HistoryFile("\(options.directory)/\(options.history)"))
    try await options.run { try await receiver.run() }
  }
}

private struct Receiver: Sendable {
  let options: RoleOptions
  let consumer: String
  let member: String?
  let failures: Bool
  let history: HistoryFile

  func run() async throws {
    var connection: PostgresConnection?
    while !Task.isShuttingDownGracefully {
      do {
        let current: PostgresConnection
        if let connection, !(await connection.isClosed) {
          current = connection
        } else {
          current = try await PostgresConnection.connect(options.database, logger: options.logger)
          try await current.listen("trunkline_tick")
        }
        connection = current
        if try await !receive(current) { _ = try await current.waitForNotification(timeout: .milliseconds(200)) }
      } catch let error as PostgresError where error.isTransient || error.code == .misuse {
        await connection?.close()
        connection = nil
        try await pause(milliseconds: 100)
      } catch let error as PostgresError where error.sqlState == "TL001" {
        continue  // somebody of our name has received the same; this receipt is worth nothing any more
      }
    }
    await connection?.close()
  }

  /// - Returns: whether there was something.
  private func receive(_ connection: PostgresConnection) async throws -> Bool {
    let asked = monotonicTime()
    let rows = try await connection.query(
      """
      select receipt, event_id, payload, key, attempt
      from trunkline.receive(\(options.queue), \(consumer), 100, \(member))
      """)
    var ids: [(Int64, EventName)] = []
    var events: [HistoryRecord.Event] = []
    var receipt: Int64 = 0
    for row in rows {
      let (number, id, payload, key, attempt) = try row.decode(
        Int64.self, Int64.self, String?.self, String?.self, Int.self)
      receipt = number
      let name = EventName(payload ?? "")
      if let name { ids.append((id, name)) }
      events.append(.init(name: name, key: key ?? "", retries: attempt - 1))
    }
    guard !events.isEmpty else { return false }
    try history.write(
      .delivered(.init(batch: "\(receipt)", asked: asked, time: monotonicTime(), events: events)))
    if failures { try await fail(ids, events, receipt, connection) }
    let ackAsked = monotonicTime()
    _ = try await connection.query("select trunkline.ack(\(receipt))")
    try history.write(.finished(batch: "\(receipt)", asked: ackAsked, time: monotonicTime()))
    return true
  }

  /// Fails a few events. Later ones of the same key wait behind them, and are taken out of the receipt with them.
  private func fail(
    _ ids: [(Int64, EventName)], _ events: [HistoryRecord.Event], _ receipt: Int64, _ connection: PostgresConnection
  ) async throws {
    var failedKeys: Set<String> = []
    for ((id, name), event) in zip(ids, events) {
      if failedKeys.contains(event.key) {
        try history.write(.askedForRetry(batch: "\(receipt)", event: name))
        continue
      }
      var random = SeededGenerator(seed: options.seed, purpose: "failure \(name) \(event.retries)")
      guard event.retries < 2, random.chance(2) else { continue }
      failedKeys.insert(event.key)
      try history.write(.askedForRetry(batch: "\(receipt)", event: name))
      _ = try await connection.query(
        "select trunkline.nack(\(receipt), \(id), 'torture', \("200 milliseconds")::interval)")
    }
  }
}
