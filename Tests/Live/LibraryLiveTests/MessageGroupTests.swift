import EventQueue
import PostgresClient
import PostgresTesting
import Synchronization
import Testing

/// Several processes share the messages of one consumer.
@Suite struct MessageGroupTests {
  private struct Refused: Error {}

  @Test(arguments: [nil, 4]) func membersShareTheMessagesWithoutDoubling(_ lanes: Int?) async throws {
    try await LibraryFixture.with { fixture in
      if let lanes { try await fixture.database.psql("select trunkline.set_consumer('q', 'c', 'lanes', '\(lanes)')") }
      let notes = Notes()
      func member(_ name: String) -> @Sendable () async throws -> Void {
        let consumer = fixture.messages(member: name)
        return {
          try await consumer.run(concurrency: 2) { message in
            notes.add("\(name) \(message.payload ?? "")")
            // Neither goes on before the other has messages too.
            try await notes.wait("both members to work") { Set($0.map { $0.prefix(1) }).count == 2 }
          }
        }
      }
      try await during(member("a")) {
        try await during(member("b")) {
          for start in stride(from: 1, to: 100, by: 10) {
            try await fixture.send(start...(start + 9)) { "key\($0 % 20)" }
          }
          try await notes.wait("all messages") { $0.count >= 100 }
          try await fixture.waitForTheEnd()
        }
      }
      #expect(notes.all.compactMap { Int($0.dropFirst(2)) }.sorted() == Array(1...100))
    }
  }

  /// The order holds over failures, deliveries and members, for each key.
  @Test func lanesKeepTheOrderOfEachKeyOverFailures() async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(
        "select trunkline.set_consumer('q', 'c', 'lanes', '4'), trunkline.set_consumer('q', 'c', 'retry_delay', '1 ms')"
      )
      let notes = Notes()
      func member(_ name: String) -> @Sendable () async throws -> Void {
        var consumer = fixture.messages(member: name)
        consumer.maximumMessages = 7
        let small = consumer
        return {
          try await small.run(concurrency: 3) { message in
            let number = Int(message.payload ?? "") ?? 0
            if number % 10 == 3, message.attempt < 3 { throw Refused() }
            notes.add("\(message.key ?? "") \(number)")
          }
        }
      }
      try await during(member("a")) {
        try await during(member("b")) {
          for start in stride(from: 1, to: 200, by: 20) {
            try await fixture.send(start...(start + 19)) { "key\($0 % 6)" }
          }
          try await pollUntil("all messages") {
            try await fixture.bringRetriesBack()
            return notes.all.count >= 200
          }
        }
      }
      for key in (0..<6).map({ "key\($0)" }) {
        let own = notes.all.compactMap { $0.hasPrefix("\(key) ") ? Int($0.dropFirst(5)) : nil }
        #expect(own == (1...200).filter { "key\($0 % 6)" == key })
      }
    }
  }

  @Test func heartbeatKeepsMessagesLongerThanTheirLease() async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql("select trunkline.set_consumer('q', 'c', 'lease_time', '1 second')")
      let notes = Notes()
      var consumer = fixture.messages(member: "slow")
      consumer.heartbeatInterval = .seconds(3600)
      let slow = consumer
      try await during({
        try await slow.run { message in
          notes.add("slow begins")
          try await notes.wait("the end of the work") { $0.contains("enough") }
          notes.add("slow ends")
        }
      }) {
        try await fixture.send(1...1)
        try await notes.wait { $0 == ["slow begins"] }
        try await during({ try await fixture.messages(member: "other").run { _ in notes.add("other") } }) {
          let begin = ContinuousClock.now
          try await pollUntil("four leases") { ContinuousClock.now - begin > .seconds(4) }
          notes.add("enough")
          try await notes.wait { $0.contains("slow ends") }
          try await fixture.waitForTheEnd()
        }
      }
      #expect(notes.all == ["slow begins", "enough", "slow ends"])
    }
  }

  @Test func aMemberWithoutSignsOfLifeLosesItsMessagesAndIsStopped() async throws {
    try await withDatabase { database in
      let proxy = try TCPProxy(to: database.cluster)
      defer { proxy.stop() }
      let address = database.cluster.tcpConnectionString(database: database.name, port: proxy.port)
      try await LibraryFixture.with(database, address: address) { fixture in
        try await database.psql("select trunkline.set_consumer('q', 'c', 'lease_time', '1 second')")
        let notes = Notes()
        var direct = fixture
        direct.address = database.connectionString
        let other = direct.messages(member: "other")
        try await during({
          try await fixture.messages(member: "slow").run { message in
            notes.add("slow \(message.payload ?? "")")
            guard message.payload == "1" else { return }
            do { try await Task.sleep(for: .seconds(600)) } catch { notes.add("slow stopped") }
          }
        }) {
          try await fixture.send(1...1)
          try await notes.wait { $0 == ["slow 1"] }
          proxy.pause()
          try await during({ try await other.run { notes.add("other \($0.payload ?? "")") } }) {
            try await notes.wait("the other to take over") { $0.contains("other 1") }
            try await fixture.waitForTheEnd()
          }
          proxy.resume()
          try await notes.wait("the slow one to be stopped") { $0.contains("slow stopped") }
          try await fixture.send(2...2)
          try await notes.wait("the slow one to work again") { $0.contains("slow 2") }
        }
        #expect(notes.all == ["slow 1", "other 1", "slow stopped", "slow 2"])
      }
    }
  }
}
