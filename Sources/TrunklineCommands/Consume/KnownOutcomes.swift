import Synchronization

/// Outcomes that the server may not know, because the connection was lost before they could be told. When the same events
/// are delivered again to this process, the work is not repeated.
final class KnownOutcomes: Sendable {
  private let outcomes = Mutex<[ReceivedEvent.Identity: EventOutcome]>([:])

  subscript(event: ReceivedEvent) -> EventOutcome? {
    outcomes.withLock { $0[event.identity] }
  }

  func add(_ event: ReceivedEvent, _ outcome: EventOutcome) {
    outcomes.withLock { $0[event.identity] = outcome }
  }

  /// The server knows everything now.
  func clear() { outcomes.withLock { $0 = [:] } }
}
