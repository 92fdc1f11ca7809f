public import ServiceLifecycle

/// A consumer as a part of a program: add it to a `ServiceGroup`.
///
/// A graceful shutdown finishes what is being worked on and takes nothing new.
public struct ConsumerService: Service {
  private let work: @Sendable () async throws -> Void

  /// A service of any way to consume: `ConsumerService { try await consumer.run(into: target) { ... } }`.
  public init(_ work: @escaping @Sendable () async throws -> Void) { self.work = work }

  /// Works until the group shuts down.
  ///
  /// - Throws: what ends the consumer.
  public func run() async throws { try await work() }
}

extension QueueConsumer {
  /// This consumer with its work, for a `ServiceGroup`; see ``run(_:)``.
  public func service(_ work: @escaping @Sendable (OpenBatch) async throws -> Void) -> ConsumerService {
    ConsumerService { try await run(work) }
  }
}
