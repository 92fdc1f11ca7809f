import EventQueue
import PostgresClient
import PostgresTesting
import Synchronization
import Testing

/// Broken links, slow handlers, memory.
@Suite struct MessageLinkTests {
  @Test func handlersGoOnWhileTheLinkIsCutAndTheServerRestarts() async throws {
    try await PrivateCluster.with { cluster in
      let proxy = try TCPProxy(to: cluster)
      defer { proxy.stop() }
      let database = try await cluster.createDatabase()
      try await database.installSchemas()
      let address = cluster.tcpConnectionString(database: database.name, port: proxy.port)
      try await LibraryFixture.with(database, address: address) { fixture in
        let notes = Notes()
        try await during({
          try await fixture.messages().run(concurrency: 2) { message in
            notes.add("begin \(message.payload ?? "")")
            try await notes.wait("leave to end") { $0.contains("go") }
            notes.add("end \(message.payload ?? "")")
          }
        }) {
          try await fixture.send(1...3)
          try await notes.wait("two handlers") { $0.count == 2 }
          proxy.cut()
          try await cluster.restart(.immediate)
          proxy.cut()
          notes.add("go")
          try await notes.wait("the third") { $0.contains("end 3") }
          try await fixture.waitForTheEnd()
        }
        // The receipt outlived the connection: nothing came twice.
        #expect(notes.all.sorted() == ["begin 1", "begin 2", "begin 3", "end 1", "end 2", "end 3", "go"])
      }
    }
  }

  @Test func aConsumerWhoseMessagesWereLostIsStoppedAndGoesOn() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      try await during({
        try await fixture.messages().run { message in
          notes.add("begin \(message.payload ?? "")")
          guard message.payload == "1", notes.all.count == 1 else { return }
          do { try await Task.sleep(for: .seconds(600)) } catch { notes.add("stopped") }
        }
      }) {
        try await fixture.send(1...2)
        try await notes.wait { $0.count == 1 }
        // What another process of the name does.
        try await fixture.database.psql("select count(*) from trunkline.receive('q', 'c', 100)")
        try await notes.wait("the messages again") { $0.last == "begin 2" }
        try await fixture.waitForTheEnd()
      }
      #expect(notes.all == ["begin 1", "stopped", "begin 1", "begin 2"])
    }
  }

  /// A batch of 100 MB, ten messages at a time.
  @Test func neverMoreThanTheLimitIsInMemory() async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(
        """
        select count(pgq.insert_event('q', 'n', repeat('x', 100000))) from generate_series(1, 1000);
        select pgq._make_tick('q');
        create table public.sizes (n int);
        create function public.note() returns trigger language plpgsql as
          'begin insert into public.sizes values (new.events); return null; end';
        create trigger note after insert or update on trunkline.delivery for each row execute function public.note();
        """)
      let handled = Mutex(0)
      var consumer = fixture.messages()
      consumer.maximumMessages = 10
      let bounded = consumer
      try await during({
        try await bounded.run(concurrency: 4) { _ in
          handled.withLock { $0 += 1 }
        }
      }) {
        try await pollUntil("all messages") { handled.withLock { $0 } >= 1000 }
        try await fixture.waitForTheEnd()
      }
      // memory itself is shared with the tests that run at the same time; what the server hands out is not
      let sizes = try await fixture.database.psql("select max(n) <= 10 and count(*) >= 100 from public.sizes")
      #expect(sizes == "t")
    }
  }
}
