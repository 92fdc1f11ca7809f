import Foundation
import PostgresClient
import PostgresTesting
import QueueTicker
import Testing

/// `trunkline ticker` as a process.
@Suite struct TickerProgramTests {
  private func start(_ arguments: [String]) throws -> RunningProgram {
    try TrunklineProgram.command(["ticker", "--standby-period", "20ms", "--log-level", "debug"] + arguments).start()
  }

  @Test func sigtermEndsItCleanly() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let ticker = try start(["--db", database.connectionString])
      try await queue.insert("a")
      try await queue.expect(["a"])
      try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
      #expect(try await ticker.terminate() == 0)
      // nobody would hear the producers' notifications now
      #expect(try await queue.isTickerAwake())
      #expect(ticker.standardError.contains("stopped"))
    }
  }

  @Test func standbyTakesOverFromAKilledTicker() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let first = try start(["--db", database.connectionString])
      try await queue.insert("a")
      try await queue.expect(["a"])
      let second = try start(["--db", database.connectionString])
      try await pollUntil("the second to stand by") { second.standardError.contains("standing by") }
      first.send(signal: SIGKILL)
      try await first.waitForExit()
      try await queue.insert("b")
      try await queue.expect(["b"])
      #expect(try await second.terminate() == 0)
    }
  }

  @Test func sighupReadsTheSettingsAgain() async throws {
    try await withDatabase { one in
      try await withDatabase { two in
        let file = FileManager.default.temporaryDirectory.appending(path: "ticker-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        func write(_ databases: [TestDatabase]) throws {
          let settings = ["ticker": ["databases": databases.map(\.connectionString)]]
          try JSONEncoder().encode(settings).write(to: file)
        }
        let queues = (try await TestQueue.create(on: one), try await TestQueue.create(on: two))
        try write([one])
        let ticker = try start(["--config", file.path])
        try await queues.0.insert("a")
        try await queues.0.expect(["a"])
        #expect(!ticker.standardError.contains(two.name))

        try write([one, two])
        ticker.send(signal: SIGHUP)
        try await queues.1.insert("b")
        try await queues.1.expect(["b"])

        try Data("{".utf8).write(to: file)
        ticker.send(signal: SIGHUP)
        try await pollUntil("the complaint") { ticker.standardError.contains("the old ones stay in use") }
        try await queues.0.insert("c")
        try await queues.0.expect(["c"])
        #expect(try await ticker.terminate() == 0)
      }
    }
  }

  @Test func onceEndsWithAStatus() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await queue.insert("a")
      let good = try await TrunklineProgram.command(["ticker", "--once", "--db", database.connectionString]).run()
      #expect(good.status == 0)
      #expect(try await queue.consume() == ["a"])
      let bad = try await TrunklineProgram.command(["ticker", "--once", "--db", "host=/nowhere dbname=x"]).run()
      #expect(bad.status == 1)
      let wrong = try await TrunklineProgram.command(["ticker", "--latency", "fast"]).run()
      #expect(wrong.status == 64)
    }
  }
}
