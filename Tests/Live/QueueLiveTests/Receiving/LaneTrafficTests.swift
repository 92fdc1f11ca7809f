import PostgresClient
import PostgresTesting
import Testing

/// Many members at once on lanes, under traffic: some die, some are slower than their lease, the number of lanes changes.
@Suite struct LaneTrafficTests {
  private static let events = 600

  private enum Fate: CaseIterable { case works, worksAlso, fails, dies, isLate, rollsBack }

  /// Receives one delivery; the work is a row for each event, in the transaction of the acknowledgement.
  private func work(_ database: TestDatabase, _ member: String, _ fate: Fate) async throws {
    let session = try await QueueSession(database)
    do {
      if let received = try await session.receive(7, member: member) {
        try await session.connection.execute("begin")
        var events = received.events
        if fate == .fails, let bad = events.randomElement() {
          try await session.nack(received, bad.id, delay: "0")
          events.removeAll { $0.id == bad.id || ($0.key == bad.key && $0.id > bad.id) }
        }
        try await session.connection.query(
          "insert into work (id, key) select e.id, e.key from unnest(\(events.map(\.id))::int8[], \(events.map { $0.key ?? "" })::text[]) e (id, key)"
        )
        if fate == .isLate {
          try await session.connection.query(
            "select pg_sleep(0.1)")
        }
        if fate != .dies {
          try await session.ack(received)
          try await session.connection.execute(fate == .rollsBack ? "rollback" : "commit")
        }
      }
    } catch let error as PostgresError where ["TL001", "23505", "40P01"].contains(error.sqlState?.rawValue) {
      // somebody else has the events now, and may have done the work already, or be about to
    }
    await session.connection.close()
  }

  @Test func keysKeepTheirOrderWhileMembersDieAndLanesChange() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.setLanes(3)
      try await session.connection.execute("create table work (place bigserial, id int8 primary key, key text)")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'lease_time', '60 ms')")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'max_attempts', '1000000')")

      try await withThrowingTaskGroup(of: Void.self) { group in
        for producer in 0..<2 {
          group.addTask {
            let own = try await QueueSession(database)
            for _ in 0..<(Self.events / 20) {
              let key = "p\(producer)-\(Int.random(in: 0..<8))"
              try await own.connection.query(
                "select count(pgq.insert_event('q', 't', 'x', null, null, null, \(key))) from generate_series(1, 10)")
              try await own.tick("q")
            }
            await own.connection.close()
          }
        }
        for member in 0..<5 {
          group.addTask {
            let own = try await QueueSession(database)
            while !Task.isCancelled, try await own.value("select count(*)::int from work", as: Int.self) < Self.events {
              try await work(database, "m\(member)", Fate.allCases.randomElement() ?? .works)
            }
            await own.connection.close()
          }
        }
        group.addTask {
          let own = try await QueueSession(database)
          while !Task.isCancelled, try await own.value("select count(*)::int from work", as: Int.self) < Self.events {
            try await own.setLanes(Int.random(in: 1...6))
            try await own.connection.execute("select trunkline.maint_deliveries()")
          }
          await own.connection.close()
        }
        // the first error ends the others
        for try await _ in group {}
      }
      // the primary key says that nothing was done twice
      #expect(try await session.value("select count(*)::int from work", as: Int.self) == Self.events)
      let disorder = try await session.value(
        "select count(*)::int from (select id < max(id) over (partition by key order by place) as wrong from work) w where wrong",
        as: Int.self)
      #expect(disorder == 0)
      #expect(try await session.value("select count(*)::int from trunkline.failure", as: Int.self) > 0)
    }
  }
}
