import CLibPQ

/// A message sent with NOTIFY.
public struct PostgresNotification: Sendable, Equatable {
  /// The channel's name.
  public var channel: String
  /// The text sent along; empty when there was none.
  public var payload: String
  /// The sender's process id.
  public var senderPID: Int32
}

extension PostgresConnection {
  /// Starts listening on a channel.
  ///
  /// - Throws: ``PostgresError``.
  public func listen(_ channel: String) async throws { try await execute("listen \(quotedIdentifier(channel))") }

  /// Stops listening on a channel.
  ///
  /// - Throws: ``PostgresError``.
  public func unlisten(_ channel: String) async throws { try await execute("unlisten \(quotedIdentifier(channel))") }

  /// Waits for the next notification.
  ///
  /// Other calls on this connection wait meanwhile.
  ///
  /// - Returns: `nil` when the time passed without one; `.zero` only looks at what has arrived.
  /// - Throws: `connectionLost`; `CancellationError`.
  public func waitForNotification(timeout: Duration? = nil) async throws -> PostgresNotification? {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    return try await withTurn {
      while true {
        let handle = try openHandle()
        guard PQconsumeInput(handle) == 1 else { throw lostConnection() }
        if let notification = takeNotification(handle) { return notification }
        if timeout == .zero { return nil }
        let wake = try await SocketEvents.shared.wait(
          PQsocket(handle), for: .readable, until: deadline, cancellable: true)
        if wake == .deadline { return nil }
      }
    }
  }

  private func takeNotification(_ handle: OpaquePointer) -> PostgresNotification? {
    guard let notify = PQnotifies(handle) else { return nil }
    defer { PQfreemem(notify) }
    return PostgresNotification(
      channel: String(cString: notify.pointee.relname),
      payload: notify.pointee.extra.map { String(cString: $0) } ?? "",
      senderPID: notify.pointee.be_pid)
  }

  /// Notifications of the listened channels, until the task is cancelled or the connection is lost.
  public nonisolated var notifications: PostgresNotificationSequence { PostgresNotificationSequence(connection: self) }
}

/// The notifications of a connection as they arrive.
public struct PostgresNotificationSequence: AsyncSequence, Sendable {
  /// One notification.
  public typealias Element = PostgresNotification

  let connection: PostgresConnection

  /// Iterates over the notifications.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: connection) }

  /// Waits on the connection.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let connection: PostgresConnection

    /// The next notification.
    ///
    /// - Throws: `connectionLost`; `CancellationError`.
    public mutating func next() async throws -> PostgresNotification? { try await connection.waitForNotification() }
  }
}
