import EventQueue
import PostgresClient
import PostgresTesting
import Testing

/// Retries with back-off and dead letters for consumers of batches.
@Suite struct FailureTests {
  @Test(arguments: [nil, "m"]) func whatFailsComesAgainLaterAndLaterAndDies(_ member: String?) async throws {
    try await LibraryFixture.with { fixture in
      try await fixture.database.psql(
        """
        select trunkline.set_consumer('q', 'c', 'max_attempts', '3'),
               trunkline.set_consumer('q', 'c', 'retry_delay', '1 ms');
        """)
      let notes = Notes()
      let consumer = fixture.consumer(member: member)
      try await during({
        try await consumer.run { batch in
          for try await event in batch.events {
            let data = try event.data ?? ""
            guard data == "2" else {
              notes.add(data)
              if data == "3" { try await batch.bury(event, reason: "never") }
              continue
            }
            let outcome = try await batch.fail(event, reason: "refused")
            notes.add("2 \(try event.retries) \(outcome)")
          }
        }
      }) {
        try await fixture.insert(1...4)
        try await pollUntil("the event to die") {
          try await fixture.bringRetriesBack()
          return notes.all.contains("2 2 dead")
        }
        try await fixture.waitForTheEnd()
      }
      #expect(notes.all == ["1", "2 0 retry", "3", "4", "2 1 retry", "2 2 dead"])
      let connection = try await PostgresConnection.connect(PostgresConfiguration(fixture.address))
      let dead = try await DeadLetters(connection).list(queue: "q", consumer: "c")
      #expect(dead.map(\.payload) == ["3", "2"])
      #expect(dead.map(\.attempts) == [1, 3])
      #expect(dead.map(\.reason) == ["never", "refused"])
      await connection.close()
    }
  }

  @Test func aFailureInsideATransactionIsRolledBackWithIt() async throws {
    struct Interrupted: Error {}
    try await LibraryFixture.with { fixture in
      try await fixture.insert(1...1)
      await #expect(throws: Interrupted.self) {
        try await fixture.consumer().runInTransaction { batch, _ in
          for try await event in batch.events { try await batch.bury(event, reason: "never") }
          throw Interrupted()
        }
      }
      #expect(try await fixture.value("select count(*) from trunkline.dead_event") == "0")
    }
  }

  @Test func unreadablePayloadsOfABatchAreBuriedWhenConfigured() async throws {
    try await LibraryFixture.with { fixture in
      var consumer = fixture.consumer()
      consumer.malformedPayloads = .deadLetter
      let (notes, configured) = (Notes(), consumer)
      try await during({
        try await configured.run { batch in
          for try await event in batch.events(of: [Int].self) { notes.add("\(event.payload)") }
        }
      }) {
        try await fixture.database.psql(
          "select count(pgq.insert_event('q', 'n', v)) from unnest(array['[1]', 'x', '[3]']) v; select pgq._make_tick('q')"
        )
        try await notes.wait { $0.count == 2 }
        try await fixture.waitForTheEnd()
      }
      #expect(notes.all == ["[1]", "[3]"])
      #expect(try await fixture.value("select ev_data from trunkline.dead_event") == "x")
    }
  }

  @Test func inAnotherDatabaseNothingCanBePutAside() async throws {
    try await LibraryFixture.with { fixture in
      try await withDatabase { target in
        try await fixture.insert(1...1)
        let refused = await #expect(throws: PostgresError.self) {
          try await fixture.consumer().run(into: PostgresConfiguration(target.connectionString)) { batch, _ in
            for try await event in batch.events { try await batch.fail(event, reason: "refused") }
          }
        }
        #expect(refused?.code == .misuse)
        #expect(try await target.psql("select last_tick from trunkline.position") == "1")
      }
    }
  }
}
