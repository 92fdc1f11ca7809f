import EventQueue
import PostgresTesting
import ServiceLifecycle
import Testing

/// Graceful shutdown and broken connections.
@Suite struct ShutdownTests {
  @Test(arguments: [nil, "m"]) func shutdownFinishesTheBatch(_ member: String?) async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      let consumer = fixture.consumer(member: member)
      let service = consumer.service { batch in
        notes.add("begin")
        try await notes.wait("the shutdown") { $0.contains("shutdown") }
        for try await event in batch.events { notes.add(try event.data ?? "") }
      }
      let group = ServiceGroup(services: [service], logger: LibraryFixture.logger)
      let running = Task { try await group.run() }
      try await fixture.insert(1...2)
      try await notes.wait { $0 == ["begin"] }
      try await fixture.insert(3...4)
      await group.triggerGracefulShutdown()
      notes.add("shutdown")
      try await running.value
      #expect(notes.all == ["begin", "shutdown", "1", "2"])
      // The batch is finished, and the next one was not begun.
      let rest = Notes()
      try await during({
        try await consumer.run { batch in for try await event in batch.events { rest.add(try event.data ?? "") } }
      }) { try await rest.wait { $0.count == 2 } }
      #expect(rest.all == ["3", "4"])
    }
  }

  @Test func anIdleConsumerShutsDownAtOnce() async throws {
    try await LibraryFixture.with { fixture in
      var consumer = fixture.consumer()
      consumer.pollInterval = .seconds(600)
      let group = ServiceGroup(services: [consumer.service { _ in }], logger: LibraryFixture.logger)
      let running = Task { try await group.run() }
      try await pollUntil("the consumer to listen") {
        try await fixture.value(
          """
          select count(*) from pg_stat_activity
          where datname = current_database() and state = 'idle' and query ~ 'open_batch'
          """) == "1"
      }
      await group.triggerGracefulShutdown()
      try await running.value
    }
  }

  @Test(arguments: [nil, "m"]) func cutLinksAndARestartOfTheServerInterruptOnlyForAWhile(_ member: String?) async throws
  {
    try await PrivateCluster.with { cluster in
      let proxy = try TCPProxy(to: cluster)
      defer { proxy.stop() }
      let database = try await cluster.createDatabase()
      try await database.installSchemas()
      let address = cluster.tcpConnectionString(database: database.name, port: proxy.port)
      try await LibraryFixture.with(database, address: address) { fixture in
        let notes = Notes()
        let consumer = fixture.consumer(member: member)
        try await during({
          try await consumer.run { batch in
            for try await event in batch.events { notes.add(try event.data ?? "") }
          }
        }) {
          try await fixture.insert(1...1)
          try await notes.wait { $0.contains("1") }
          proxy.cut()
          try await fixture.insert(2...2)
          try await notes.wait { $0.contains("2") }
          try await cluster.restart(.immediate)
          proxy.cut()
          try await fixture.insert(3...3)
          try await notes.wait { $0.contains("3") }
        }
        #expect(Set(notes.all) == ["1", "2", "3"])
      }
    }
  }

  @Test func aConsumerThatWasCutOffDoesNotComeBackOverItsSuccessor() async throws {
    try await withDatabase { database in
      let proxy = try TCPProxy(to: database.cluster)
      defer { proxy.stop() }
      let address = database.cluster.tcpConnectionString(database: database.name, port: proxy.port)
      try await LibraryFixture.with(database, address: address) { fixture in
        let older = Task { try await fixture.consumer().run { _ in } }
        try await pollUntil("the older to attach") {
          try await fixture.value("select count(*) from trunkline.consumer_lease") == "1"
        }
        proxy.refuse(true)
        proxy.cut()
        var direct = fixture
        direct.address = database.connectionString
        let notes = Notes()
        let newer = direct.consumer()
        try await during({ try await newer.run { _ in notes.add("newer") } }) {
          try await fixture.insert(1...1)
          try await notes.wait { $0 == ["newer"] }
          proxy.refuse(false)
          await #expect(throws: (any Error).self) { try await older.value }
          try await fixture.insert(2...2)
          try await notes.wait { $0 == ["newer", "newer"] }
        }
      }
    }
  }
}
