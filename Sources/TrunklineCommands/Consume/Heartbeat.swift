import PostgresClient

/// Signs of life while events are worked on.
struct Heartbeat: Sendable {
  let session: DeliverySession
  let receipt: Int64
  let leaseTime: Duration

  /// Runs `body`; when somebody else got the events meanwhile, cancels it and throws SQLSTATE TL001.
  ///
  /// A lost connection is left to the next call that needs it: until then the work goes on.
  func during<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await beat()
        return nil
      }
      while let value = try await group.next() {
        guard let value else { continue }
        group.cancelAll()
        // An error of a sign of life is told by the next call, too.
        while !group.isEmpty { _ = try? await group.next() }
        return value
      }
      throw CancellationError()
    }
  }

  private func beat() async throws {
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: max(.milliseconds(100), leaseTime / 3))
        try await session.touch(receipt)
      } catch let error as PostgresError where error.sqlState == "TL001" {
        throw error
      } catch {
        return
      }
    }
  }
}
