import EventQueue
import PostgresClient
import PostgresTesting
import Testing

/// Several processes share the work of one consumer.
@Suite struct GroupTests {
  @Test func twoMembersShareTheWorkWithoutDoubling() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      func member(_ name: String) -> @Sendable () async throws -> Void {
        let consumer = fixture.consumer(member: name)
        return {
          try await consumer.run { batch in
            for try await event in batch.events { notes.add("\(name) \(try event.data ?? "")") }
            // Neither goes on before the other has a batch too.
            try await notes.wait("both members to work") { Set($0.map { $0.prefix(1) }).count == 2 }
          }
        }
      }
      try await during(member("a")) {
        try await during(member("b")) {
          for start in stride(from: 1, to: 100, by: 5) { try await fixture.insert(start...(start + 4)) }
          try await notes.wait("all events") { $0.count >= 100 }
          try await pollUntil("all batches to be finished") {
            try await fixture.value("select count(sub_batch) from pgq.subscription") == "0"
          }
        }
      }
      #expect(notes.all.compactMap { Int($0.dropFirst(2)) }.sorted() == Array(1...100))
      #expect(Set(notes.all.map { $0.prefix(1) }) == ["a", "b"])
    }
  }

  @Test func heartbeatKeepsABatchLongerThanTheDeadInterval() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      let (slow, other) = (fixture.consumer(member: "slow"), fixture.consumer(member: "other"))
      try await fixture.insert(1...1)
      try await during({
        try await slow.run { batch in
          notes.add("slow begins")
          try await notes.wait("the end of the work") { $0.contains("enough") }
          notes.add("slow ends")
        }
      }) {
        try await notes.wait { $0 == ["slow begins"] }
        try await fixture.database.psql("select trunkline.set_member_timeout('q', 'c', '1 second')")
        try await during({ try await other.run { _ in notes.add("other") } }) {
          // Long after the member would be dead without its heart.
          try await pollUntil("four dead intervals") {
            try await fixture.value(
              """
              select trunkline.maint_dead_members();
              select clock_timestamp() - attached_at > '4 seconds' from trunkline.member_lease order by lease limit 1
              """
            ).hasSuffix("t")
          }
          notes.add("enough")
          try await pollUntil("the batch to be finished") {
            try await fixture.value("select count(sub_batch) from pgq.subscription") == "0"
          }
        }
      }
      #expect(notes.all == ["slow begins", "enough", "slow ends"])
    }
  }

  @Test func aMemberThatLostItsBatchIsStoppedAndGoesOnWithAnother() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      let (slow, other) = (fixture.consumer(member: "slow"), fixture.consumer(member: "other"))
      try await fixture.insert(1...1)
      try await during({
        try await slow.run { batch in
          for try await event in batch.events {
            notes.add("slow \(try event.data ?? "")")
            guard try event.data == "1" else { continue }
            do { try await Task.sleep(for: .seconds(600)) } catch { notes.add("slow stopped") }
          }
        }
      }) {
        try await notes.wait { $0 == ["slow 1"] }
        try await during({
          try await other.run { batch in
            for try await event in batch.events { notes.add("other \(try event.data ?? "")") }
          }
        }) {
          // One transaction, so that the heart cannot beat in between.
          try await fixture.database.psql(
            """
            begin;
            select trunkline.set_member_timeout('q', 'c', '1 hour');
            update pgq.subscription set sub_active = '2000-01-01' where sub_batch is not null;
            select trunkline.maint_dead_members();
            commit;
            """)
          try await notes.wait("the other to have it") { $0.contains("other 1") && $0.contains("slow stopped") }
          try await pollUntil("the other to finish it") {
            try await fixture.value("select count(sub_batch) from pgq.subscription") == "0"
          }
        }
        try await fixture.insert(2...2)
        try await notes.wait("the slow one to work again") { $0.contains("slow 2") }
      }
      #expect(notes.all.filter { $0.hasSuffix(" 1") } == ["slow 1", "other 1"])
    }
  }

  @Test func aSecondProcessOfAMemberReplacesTheFirst() async throws {
    try await LibraryFixture.with { fixture in
      let notes = Notes()
      let first = Task {
        try await fixture.consumer(member: "a").run { batch in
          notes.add("first")
          try await Task.sleep(for: .seconds(600))
        }
      }
      try await fixture.insert(1...1)
      try await notes.wait { $0 == ["first"] }
      try await during({ try await fixture.consumer(member: "a").run { _ in notes.add("second") } }) {
        try await notes.wait { $0 == ["first", "second"] }
        let refused = await #expect(throws: PostgresError.self) { try await first.value }
        #expect(refused?.sqlState == "TL001")
      }
    }
  }
}
