import PostgresClient
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct NotificationTests {
  @Test func notificationsArriveInOrder() async throws {
    try await withConnection { listener, database async throws in
      let sender = try await PostgresConnection.connect(database.connectionString)
      try await listener.listen("My \"Channel")
      let received = Task {
        var payloads: [String] = []
        for try await notification in listener.notifications {
          #expect(notification.channel == "My \"Channel" && notification.senderPID == sender.backendPID)
          payloads.append(notification.payload)
          if payloads.count == 1000 { break }
        }
        return payloads
      }
      for start in stride(from: 0, to: 1000, by: 10) {
        _ = try await sender.pipeline(
          (start..<start + 10).map { "select pg_notify(\("My \"Channel"), \("\($0)"))" })
      }
      #expect(try await received.value == (0..<1000).map { "\($0)" })
      try await listener.unlisten("My \"Channel")
      try await sender.execute("notify \"My \"\"Channel\"")
      #expect(try await listener.waitForNotification(timeout: .milliseconds(50)) == nil)
      await sender.close()
    }
  }

  @Test func timeoutsEndTheWait() async throws {
    try await withConnection { connection, _ async throws in
      try await connection.listen("c")
      #expect(try await connection.waitForNotification(timeout: .zero) == nil)
      let began = ContinuousClock.now
      #expect(try await connection.waitForNotification(timeout: .milliseconds(100)) == nil)
      #expect(ContinuousClock.now - began >= .milliseconds(100))
      // What came with another statement's answer is not lost.
      try await connection.execute("notify c, 'kept'; select 1")
      #expect(try await connection.waitForNotification(timeout: .zero)?.payload == "kept")
    }
  }

  @Test func cancellingTheTaskEndsTheWaitAndTheConnectionStaysUsable() async throws {
    try await withConnection { connection, database async throws in
      let sender = try await PostgresConnection.connect(database.connectionString)
      try await connection.listen("c")
      for _ in 0..<50 {
        let task = Task { try await connection.waitForNotification() }
        if Bool.random() { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
      }
      try await sender.execute("notify c, 'x'")
      #expect(try await connection.waitForNotification(timeout: .seconds(10))?.payload == "x")
      await sender.close()
    }
  }

  @Test func aTerminatedBackendEndsTheWaitWithTheServersReason() async throws {
    try await withConnection { connection, database async throws in
      let other = try await PostgresConnection.connect(database.connectionString)
      try await connection.listen("c")
      let task = Task { try await connection.waitForNotification() }
      try await other.query("select pg_terminate_backend(\(connection.backendPID)::int)")
      let error = try await postgresError { _ = try await task.value }
      #expect(error.code == .connectionLost && error.sqlState == .adminShutdown, "\(error.detailedDescription)")
      #expect(error.isTransient)
      let isClosed = await connection.isClosed
      #expect(isClosed)
      await other.close()
    }
  }
}
