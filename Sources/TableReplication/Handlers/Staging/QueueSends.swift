import EventFormats
import EventQueue
import PostgresClient

/// Events for queues of the target, put in by one statement for each queue.
struct QueueSends: Sendable {
  let target: PostgresConnection
  private var bytes: [UInt8] = []
  private var count = 0
  private var hasTable = false

  init(target: PostgresConnection) { self.target = target }

  mutating func add(_ event: HandledEvent, queue: String) {
    count += 1
    COPYText.append(
      row: [
        String(event.id), queue, event.time, event.type, event.data, event.extra1, event.extra2, event.extra3,
        event.extra4,
      ], to: &bytes)
  }

  /// Sends what was collected, if it is that much.
  mutating func flush(atLeast size: Int) async throws {
    guard !bytes.isEmpty, bytes.count >= size else { return }
    if !hasTable {
      try await target.query("select trunkline.stage_events()")
      hasTable = true
    }
    _ = try await target.copyIn("copy pg_temp.trunkline_staged from stdin") { [bytes] in try await $0.write(bytes) }
    bytes.removeAll(keepingCapacity: true)
  }

  /// Puts the events into their queues.
  ///
  /// - Returns: their number.
  /// - Throws: ``ApplyError`` when a queue does not take them; `PostgresError` for what may pass by itself.
  mutating func run() async throws -> Int {
    guard count > 0 else { return 0 }
    try await flush(atLeast: 0)
    do {
      _ = try await target.query("select queue, events from trunkline.insert_staged_events(false)")
    } catch let error as PostgresError where error.needsMending {
      throw ApplyError(
        reason: "the events of a table do not go into the queue of its handler: \(error.message)",
        remedy: "\(error.hint ?? "create the queue"); then the worker goes on by itself", cause: error)
    }
    return count
  }
}
