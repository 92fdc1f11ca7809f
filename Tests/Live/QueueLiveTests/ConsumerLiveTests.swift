import EventQueue
import Logging
import PostgresClient
import PostgresTesting
import Testing

/// The Swift consumer against a real queue.
@Suite struct ConsumerLiveTests {
  private func withQueue(_ body: (TestDatabase, QueueConsumer) async throws -> Void) async throws {
    try await withDatabase { database in
      try await database.psql("select pgq.create_queue('q');")
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      let consumer = QueueConsumer(
        queue: "q", name: "c", database: PostgresConfiguration(database.connectionString), logger: logger)
      try await consumer.register()
      try await body(database, consumer)
    }
  }

  private func insert(_ range: ClosedRange<Int>, _ database: TestDatabase) async throws {
    try await database.psql(
      """
      select count(pgq.insert_event('q', 'n', g::text)) from generate_series(\(range.lowerBound), \(range.upperBound)) g;
      select pgq._make_tick('q');
      """)
  }

  /// Reads the next batch whole.
  private func data(of batch: OpenBatch) async throws -> [String?] {
    var result: [String?] = []
    for try await event in batch.events { result.append(try event.data) }
    return result
  }

  @Test func everyEventComesOnceAndInOrder() async throws {
    try await withQueue { database, consumer in
      try await insert(1...3000, database)
      try await insert(3001...3010, database)
      var limited = consumer
      limited.maximumEvents = 1
      let seen = try await limited.withBatches { batches in
        var seen: [String?] = []
        for try await batch in batches {
          seen += try await data(of: batch)
          try await batch.finish()
          if seen.count == 3010 { break }
        }
        return seen
      }
      #expect(seen == (1...3010).map { "\($0)" })
    }
  }

  @Test func ticksAreJoinedWhileBehind() async throws {
    try await withQueue { database, consumer in
      for start in stride(from: 1, to: 100, by: 10) { try await insert(start...(start + 9), database) }
      let count = try await consumer.withBatches { batches in
        var iterator = batches.makeAsyncIterator()
        let batch = try #require(try await iterator.next())
        return try await data(of: batch).count
      }
      #expect(count == 100)
    }
  }

  @Test func anUnfinishedBatchComesAgain() async throws {
    try await withQueue { database, consumer in
      try await insert(1...5, database)
      for _ in 1...2 {
        let again = try await consumer.withBatches { batches in
          var iterator = batches.makeAsyncIterator()
          return try await data(of: try #require(try await iterator.next()))
        }
        #expect(again == ["1", "2", "3", "4", "5"])
      }
    }
  }

  @Test func aTickWakesTheConsumer() async throws {
    try await withQueue { database, consumer in
      var patient = consumer
      patient.pollInterval = .seconds(600)
      let first = try await patient.withBatches { batches in
        async let batch: OpenBatch? = {
          var iterator = batches.makeAsyncIterator()
          return try await iterator.next()
        }()
        // It may look before or wait while this tick is made: it must come either way.
        try await self.insert(1...1, database)
        return try await self.data(of: try #require(try await batch))
      }
      #expect(first == ["1"])
    }
  }

  @Test func aRetriedEventComesBackAlone() async throws {
    try await withQueue { database, consumer in
      try await insert(1...3, database)
      let seen = try await consumer.withBatches { batches in
        var seen: [String] = []
        for try await batch in batches {
          for try await event in batch.events {
            seen.append("\(try event.data ?? "") try \(try event.retries)")
            if try event.data == "2", try event.retries == 0 { try await batch.retry(event, after: .zero) }
          }
          try await batch.finish()
          if seen.count == 4 { break }
          try await database.psql("select pgq.maint_retry_events(); select pgq._make_tick('q');")
        }
        return seen
      }
      #expect(seen == ["1 try 0", "2 try 0", "3 try 0", "2 try 1"])
    }
  }

  @Test func theOlderOfTwoProcessesIsRefused() async throws {
    try await withQueue { database, consumer in
      try await insert(1...3, database)
      try await consumer.withBatches { older in
        var olderBatches = older.makeAsyncIterator()
        let olderBatch = try #require(try await olderBatches.next())
        try await consumer.withBatches { newer in
          var newerBatches = newer.makeAsyncIterator()
          let newerBatch = try #require(try await newerBatches.next())
          #expect(newerBatch.batch.id == olderBatch.batch.id)
          let refused = await #expect(throws: PostgresError.self) { try await olderBatch.finish() }
          #expect(refused?.sqlState == "TL001")
          try await newerBatch.finish()
        }
        let refused = await #expect(throws: PostgresError.self) { _ = try await olderBatches.next() }
        #expect(refused?.sqlState == "TL001")
      }
    }
  }

  @Test func unknownQueueAndConsumerAreNamed() async throws {
    try await withQueue { database, consumer in
      var other = consumer
      other.queue = "nope"
      let unknown = await #expect(throws: PostgresError.self) { try await other.register() }
      #expect(unknown?.description.contains("nope") == true)
      other.queue = "q"
      other.name = "stranger"
      let stranger = await #expect(throws: PostgresError.self) { try await other.run { _ in } }
      #expect(stranger?.message == "consumer \"stranger\" is not registered on queue \"q\"")
    }
  }

  @Test func leavingABatchEarlyKeepsTheConsumerUsable() async throws {
    try await withQueue { database, consumer in
      try await insert(1...50_000, database)
      let counts = try await consumer.withBatches { batches in
        var iterator = batches.makeAsyncIterator()
        let batch = try #require(try await iterator.next())
        for try await event in batch.events where try event.data == "10" { break }
        let all = try await data(of: batch).count
        try await batch.finish()
        return all
      }
      #expect(counts == 50_000)
    }
  }
}
