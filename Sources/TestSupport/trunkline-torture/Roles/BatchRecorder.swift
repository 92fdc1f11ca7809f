import CrashKit
import EventQueue

/// Writes down what a consumer process receives.
actor BatchRecorder {
  private let history: HistoryFile
  private let seed: UInt64
  /// A time before the next batch was asked for.
  private var asked = monotonicTime()

  init(_ options: RoleOptions) throws {
    history = try HistoryFile("\(options.directory)/\(options.history)")
    seed = options.seed
  }

  static func name(_ batch: OpenBatch) -> String { "\(batch.batch.previousTick)-\(batch.batch.currentTick)" }

  static func event(_ event: QueueEvent) throws -> HistoryRecord.Event {
    HistoryRecord.Event(name: EventName(try event.data ?? ""), key: try event.extra4 ?? "", retries: try event.retries)
  }

  /// Reads a batch; puts a few of its events aside if asked to.
  func read(_ batch: OpenBatch, retries: Bool) async throws {
    var received: [HistoryRecord.Event] = []
    var aside: [(QueueEvent, EventName)] = []
    for try await event in batch.events {
      let record = try Self.event(event)
      received.append(record)
      if retries, record.retries == 0, let name = record.name {
        var random = SeededGenerator(seed: seed, purpose: "retry \(name)")
        if random.chance(2) { aside.append((event, name)) }
      }
    }
    let name = Self.name(batch)
    try history.write(.delivered(.init(batch: name, asked: asked, time: monotonicTime(), events: received)))
    for (event, event_name) in aside {
      try history.write(.askedForRetry(batch: name, event: event_name))
      try await batch.retry(event, after: .milliseconds(300))
    }
  }

  /// The batch's end was confirmed.
  func finished(_ batch: String, asked: Int64) throws {
    self.asked = monotonicTime()
    try history.write(.finished(batch: batch, asked: asked, time: self.asked))
  }

  /// Whatever comes next is asked for from now on.
  func begin() { asked = monotonicTime() }
}
