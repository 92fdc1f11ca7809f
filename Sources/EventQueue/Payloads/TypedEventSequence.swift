public import FoundationEssentials
import PostgresClient

/// An event with its payload as a Swift value.
public struct TypedEvent<Payload: Sendable>: Sendable {
  /// The event.
  public let event: QueueEvent
  /// Its payload.
  public let payload: Payload
}

extension OpenBatch {
  /// The events with their payloads read from JSON.
  ///
  /// An event whose payload is none of that type is treated as ``QueueConsumer/malformedPayloads`` says, and not returned.
  public func events<Payload: Decodable & Sendable>(
    of type: Payload.Type, using decoder: JSONDecoder = JSONDecoder()
  ) -> TypedEventSequence<Payload> {
    TypedEventSequence(batch: self, decoder: decoder)
  }
}

/// The events of a batch with their payloads.
public struct TypedEventSequence<Payload: Decodable & Sendable>: AsyncSequence, Sendable {
  /// One event with its payload.
  public typealias Element = TypedEvent<Payload>

  let batch: OpenBatch
  let decoder: JSONDecoder

  /// Reads the batch from its first event.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(batch: batch, decoder: decoder, events: batch.events.makeAsyncIterator())
  }

  /// Reads and decodes.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let batch: OpenBatch
    let decoder: JSONDecoder
    var events: EventSequence.AsyncIterator

    /// The next event; `nil` after the last.
    ///
    /// - Throws: ``MalformedPayload`` under ``MalformedPayloadPolicy/stop``; `PostgresError`; `CancellationError`.
    public mutating func next() async throws -> TypedEvent<Payload>? {
      while let event = try await events.next() {
        do {
          let payload = try decodePayload(
            event.data, as: Payload.self, using: decoder, queue: batch.queue, eventID: event.id, eventType: event.type)
          return TypedEvent(event: event, payload: payload)
        } catch let error as MalformedPayload {
          try await batch.dispose(event, error)
        }
      }
      return nil
    }
  }
}

extension OpenBatch {
  /// Does with an unreadable event as configured.
  fileprivate func dispose(_ event: QueueEvent, _ error: MalformedPayload) async throws {
    switch isElsewhere ? .stop : malformedPayloads {
    case .stop: throw error
    case .retry: try await fail(event, reason: error.description)
    case .deadLetter: try await bury(event, reason: error.description)
    }
  }
}
