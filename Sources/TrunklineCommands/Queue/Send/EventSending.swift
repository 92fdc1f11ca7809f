import EventFormats
import EventQueue
import PostgresClient
import ServiceRuntime

/// Sends records of the input, in transactions of some events each, or all in one.
final class EventSending {
  private let producer: Producer
  private let template: EventTemplate
  /// Events of one transaction; `nil`: all.
  private let batchSize: Int?
  private let progress: SendProgress
  /// What is committed.
  private(set) var result: SendResult
  /// What is sent in the single transaction.
  private var uncommitted: SendResult
  private var batch: [OutgoingEvent] = []
  private var records = 0

  /// Events that one call of the producer gets in a single transaction.
  private static let portion = 1000

  init(queue: String, template: EventTemplate, batchSize: Int?, progress: SendProgress) {
    producer = Producer(queue: queue)
    self.template = template
    self.batchSize = batchSize
    self.progress = progress
    result = SendResult(queue: queue)
    uncommitted = result
  }

  /// Sends all records.
  ///
  /// - Throws: ``CommandError`` that says which record failed and what is committed.
  func run(_ next: (_ isWaiting: Bool) async throws -> InputRecords.Portion, over connection: PostgresConnection)
    async throws
  {
    guard batchSize == nil else { return try await send(next, over: connection) }
    do {
      try await connection.transaction { connection in try await send(next, over: connection) }
    } catch let error as PostgresError {
      // Statements report for themselves, so this is BEGIN or COMMIT.
      throw failure(of: error, first: 1, last: records)
    }
    result = uncommitted
  }

  private func send(
    _ next: (_ isWaiting: Bool) async throws -> InputRecords.Portion, over connection: PostgresConnection
  ) async throws {
    while true {
      try Task.checkCancellation()
      switch try await next(!batch.isEmpty) {
      case .records(let records):
        for record in records {
          try add(record)
          if batch.count >= batchSize ?? Self.portion { try await flush(connection) }
        }
      case .silence:
        // Whoever sends slowly wants to see the events arrive.
        if batchSize != nil { try await flush(connection) }
      case .end:
        return try await flush(connection)
      }
    }
  }

  private func add(_ record: [UInt8]) throws {
    records += 1
    do {
      batch.append(try template.event(record, number: records))
    } catch {
      throw refusal(of: records, because: "\(error)", .badData)
    }
  }

  private func flush(_ connection: PostgresConnection) async throws {
    guard !batch.isEmpty else { return }
    let first = records - batch.count + 1
    do {
      let ids = try await producer.send(batch, over: connection)
      if batchSize == nil { uncommitted.add(ids) } else { result.add(ids) }
      batch.removeAll(keepingCapacity: true)
      progress.show(records)
    } catch let error as PostgresError {
      throw try await explained(error, first, connection)
    }
  }

  // MARK: Failures

  /// Finds the record that the server refuses, and says it.
  private func explained(_ error: PostgresError, _ first: Int, _ connection: PostgresConnection) async throws
    -> CommandError
  {
    guard error.code == .server || error.code == .invalidInput, !error.isTransient, batchSize != nil, batch.count > 1
    else {
      guard batch.count == 1, error.code != .connectionLost else {
        return failure(of: error, first: first, last: records)
      }
      return refusal(of: first, because: error.message, error.exitCode, detail: error)
    }
    for (offset, event) in batch.enumerated() {
      do {
        try await connection.transaction { connection in
          try await producer.send(event, over: connection)
          throw Undone()
        }
      } catch let error as PostgresError {
        return refusal(of: first + offset, because: error.message, error.exitCode, detail: error)
      } catch is Undone {}
    }
    return failure(of: error, first: first, last: records)
  }

  /// Ends a transaction that was only tried.
  private struct Undone: Error {}

  private func refusal(of record: Int, because reason: String, _ code: ExitCode, detail: PostgresError? = nil)
    -> CommandError
  {
    result.failedRecord = record
    let more = detail?.detail.map { " (\($0))" } ?? ""
    return CommandError(
      "event \(record) of the input is refused: \(reason)\(more)", hint: hint(of: detail), exitCode: code)
  }

  private func failure(of error: PostgresError, first: Int, last: Int) -> CommandError {
    result.failedRecord = first
    let events = first >= last ? "event \(first)" : "events \(first) to \(last)"
    let isUnknown = error.code == .connectionLost
    return CommandError(
      "\(events) of the input: \(error.message)",
      hint: isUnknown ? "\(events) may be committed; \(committed)" : hint(of: error),
      exitCode: error.exitCode)
  }

  private func hint(of error: PostgresError?) -> String {
    [error?.hint, committed].compactMap { $0 }.joined(separator: "\n      ")
  }

  /// What a person needs to go on after a failure.
  var committed: String {
    guard let firstID = result.firstID, let lastID = result.lastID else { return "nothing is committed" }
    return "events 1 to \(result.events) of the input are committed (ids \(firstID) to \(lastID)); go on with event"
      + " \(result.events + 1)"
  }
}
