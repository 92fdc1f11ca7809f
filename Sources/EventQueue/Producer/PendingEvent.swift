import Synchronization

/// An event that a ``BufferedProducer`` has accepted and will send.
public final class PendingEvent: Sendable {
  private enum State {
    case waiting([Int: CheckedContinuation<Int64, any Error>])
    case done(Result<Int64, any Error>)
  }

  /// The event.
  public let event: OutgoingEvent
  private let state = Mutex((state: State.waiting([:]), nextWaiter: 0))

  init(_ event: OutgoingEvent) { self.event = event }

  /// Waits until the event is committed.
  ///
  /// - Returns: its id, as `Producer.send` does.
  /// - Throws: ``SendFailure`` when it is not sent; `CancellationError` when the waiting task is cancelled, which does not
  ///   take the event back.
  public var id: Int64 {
    get async throws {
      let waiter = state.withLock { state in
        state.nextWaiter += 1
        return state.nextWaiter
      }
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          let result: Result<Int64, any Error>? = state.withLock { state in
            switch state.state {
            case .done(let result): return result
            case .waiting(var waiters):
              guard !Task.isCancelled else { return .failure(CancellationError()) }
              waiters[waiter] = continuation
              state.state = .waiting(waiters)
              return nil
            }
          }
          if let result { continuation.resume(with: result) }
        }
      } onCancel: {
        let continuation = state.withLock { state -> CheckedContinuation<Int64, any Error>? in
          guard case .waiting(var waiters) = state.state else { return nil }
          defer { state.state = .waiting(waiters) }
          return waiters.removeValue(forKey: waiter)
        }
        continuation?.resume(throwing: CancellationError())
      }
    }
  }

  /// Tells everybody who waits; only the first call counts.
  func finish(_ result: Result<Int64, any Error>) {
    let waiters = state.withLock { state -> [CheckedContinuation<Int64, any Error>] in
      guard case .waiting(let waiters) = state.state else { return [] }
      state.state = .done(result)
      return Array(waiters.values)
    }
    for waiter in waiters { waiter.resume(with: result) }
  }
}

/// An event that a ``BufferedProducer`` could not send.
public struct SendFailure: Error, Sendable, CustomStringConvertible {
  /// The event, to be sent again if it shall be.
  public var event: OutgoingEvent
  /// Why.
  public var cause: any Error
  /// Whether it may have been sent all the same: the connection was lost while the transaction was being committed. A
  /// deduplication key makes it safe to send it again; the producer itself does so then.
  public var mayHaveBeenSent: Bool

  /// One sentence, without the event's content.
  public var description: String {
    "the event was not sent\(mayHaveBeenSent ? ", or its commit was not confirmed" : ""): \(cause)"
  }
}

/// Why a ``BufferedProducer`` does not take events.
public struct ProducerClosed: Error, Sendable, CustomStringConvertible {
  /// One sentence.
  public var description: String { "the producer is shutting down, or its run() has ended" }
}
