import EventQueue
import PostgresClient
import PostgresTesting
import ServiceLifecycle
import Testing

/// Work on single messages.
@Suite struct MessageTests {
  private struct Refused: Error, CustomStringConvertible { var description: String { "refused" } }

  @Test(arguments: [1, 8]) func everyMessageIsHandledOnce(_ concurrency: Int) async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      try await during({
        var consumer = fixture.messages()
        consumer.maximumMessages = 37
        try await consumer.run(concurrency: concurrency) { notes.add($0.payload ?? "") }
      }) {
        for start in stride(from: 1, to: 300, by: 100) { try await fixture.send(start...(start + 99)) }
        try await notes.wait("all messages") { $0.count >= 300 }
        try await fixture.waitForTheEnd()
      }
      #expect(notes.all.compactMap(Int.init).sorted() == Array(1...300))
      if concurrency == 1 { #expect(notes.all == (1...300).map { "\($0)" }) }
    }
  }

  @Test func whatFailsComesAgainUntilItIsDeadAndCanBeReplayed() async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(
        "select trunkline.set_consumer('q', 'c', 'max_attempts', '3'), trunkline.set_consumer('q', 'c', 'retry_delay', '1 ms')"
      )
      let notes = Notes()
      let connection = try await PostgresConnection.connect(PostgresConfiguration(fixture.address))
      let letters = DeadLetters(connection)
      try await during({
        try await fixture.messages().run { message in
          notes.add("\(message.payload ?? "") \(message.attempt)")
          if message.payload == "2", !notes.all.contains("mended") { throw Refused() }
          if message.payload == "3", !notes.all.contains("mended") { throw DeadLetter("never") }
        }
      }) {
        try await fixture.send(1...4)
        try await pollUntil("the dead letters") {
          try await fixture.bringRetriesBack()
          return try await letters.list(queue: "q").count == 2
        }
        let dead = try await letters.list(queue: "q", consumer: "c")
        #expect(dead.map(\.payload) == ["3", "2"])
        #expect(dead.map(\.reason) == ["never", "refused"])
        #expect(dead.map(\.attempts) == [1, 3])
        let history = try await letters.show(try #require(dead.last).id)
        #expect(history?.failures.map(\.attempt) == [1, 2, 3])
        #expect(history?.failures.map(\.reason) == ["refused", "refused", "refused"])
        notes.add("mended")
        #expect(try await letters.replay(queue: "q", consumer: "c", try #require(dead.last).id) == 1)
        try await pollUntil("the replayed message") {
          try await fixture.bringRetriesBack()
          return notes.all.filter { $0.hasPrefix("2 ") }.count == 4
        }
        #expect(try await letters.purge(queue: "q", consumer: "c", olderThan: .seconds(3600)) == 0)
        #expect(try await letters.purge(queue: "q", consumer: "c") == 1)
        #expect(try await letters.list().isEmpty)
      }
      #expect(
        notes.all.filter { $0 != "mended" }.sorted() == ["1 1", "2 1", "2 1", "2 2", "2 3", "3 1", "4 1"])
      await connection.close()
    }
  }

  @Test func oneKeyIsNeverInFlightTwiceAndKeepsItsOrder() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      try await during({
        try await fixture.messages().run(concurrency: 8) { message in
          notes.add("begin \(message.key ?? "") \(message.payload ?? "")")
          await Task.yield()
          notes.add("end \(message.key ?? "") \(message.payload ?? "")")
        }
      }) {
        try await fixture.send(1...400) { "key\($0 % 7)" }
        try await notes.wait("all messages") { $0.count >= 800 }
      }
      for key in (0..<7).map({ "key\($0)" }) {
        let own = notes.all.filter { $0.split(separator: " ")[1] == key }
        let expected = (1...400).filter { "key\($0 % 7)" == key }.flatMap {
          ["begin \(key) \($0)", "end \(key) \($0)"]
        }
        #expect(own == expected)
      }
      // They did overlap otherwise.
      #expect(zip(notes.all, notes.all.dropFirst()).contains { $0.hasPrefix("begin") && $1.hasPrefix("begin") })
    }
  }

  @Test func afterAFailureTheRestOfItsKeyWaits() async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql("select trunkline.set_consumer('q', 'c', 'retry_delay', '1 ms')")
      let notes = Notes()
      try await during({
        try await fixture.messages().run(concurrency: 4) { message in
          notes.add(message.payload ?? "")
          if message.payload == "1", message.attempt < 2 { throw Refused() }
        }
      }) {
        try await fixture.send([("1", "a"), ("2", "b"), ("3", "a"), ("4", "a")])
        try await pollUntil("all messages") {
          try await fixture.bringRetriesBack()
          return notes.all.contains("4")
        }
      }
      #expect(notes.all.filter { $0 != "2" } == ["1", "1", "3", "4"])
    }
  }

  @Test func shutdownFinishesWhatRunsAndGivesTheRestBack() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      let consumer = fixture.messages()
      let service = consumer.service(concurrency: 2) { message in
        notes.add("begin \(message.payload ?? "")")
        try await pollUntil("the shutdown") { Task.isShuttingDownGracefully }
        notes.add("end \(message.payload ?? "")")
      }
      try await fixture.send(1...10)
      try await running(service) { group in
        try await notes.wait("two handlers") { $0.count == 2 }
        await group.triggerGracefulShutdown()
        notes.add("shutdown")
      }
      #expect(Set(notes.all) == ["begin 1", "begin 2", "shutdown", "end 1", "end 2"])
      let rest = Notes()
      try await during({ try await consumer.run { rest.add("\($0.payload ?? "") \($0.attempt)") } }) {
        try await rest.wait("the rest") { $0.count >= 8 }
        try await fixture.waitForTheEnd()
      }
      // Nothing again, nothing missing, no attempt counted.
      #expect(rest.all == (3...10).map { "\($0) 1" })
    }
  }

  @Test func malformedPayloadsBecomeDeadLettersThatNameTheEvent() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      try await during({
        try await fixture.messages().run { notes.add("\(try $0.decode(PayloadTests.Order.self).number)") }
      }) {
        try await fixture.send([
          (#"{"number": 1, "lines": []}"#, nil), ("{}", nil), (#"{"number": 3, "lines": []}"#, nil),
        ])
        try await notes.wait { $0.count == 2 }
        try await fixture.waitForTheEnd()
      }
      #expect(notes.all == ["1", "3"])
      let reason = try await fixture.value("select ev_id || ': ' || reason from trunkline.dead_event")
      let id = reason.prefix { $0 != ":" }
      #expect(
        reason.hasPrefix("\(id): event \(id) of queue \"q\", type \"\", has a payload that cannot be read: Order"))
    }
  }
}
