import EventFormats
import Logging
import PostgresClient
import PostgresTesting
import ServiceRuntime
import TableComparison
import TableReplication
import Testing

/// Comparisons in the middle of writes: what is on its way is no difference.
@Suite struct AlignedComparisonTests {
  static let captured = ["account", "entry"]

  @Test(.timeLimit(.minutes(3))) func equalTablesUnderLoadNeverDiffer() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: Self.captured) { fixture in
      try await fixture.fillLoadTables()
      try await fixture.worker().drain()
      try await fixture.underLoad {
        // without alignment the same load does make differences
        try await pollUntil("a difference without alignment") {
          try await fixture.compare(.named("account"), fixture.databasesAtRest()).count > 0
        }
        var ticks: Set<Int64> = []
        for round in 1...25 {
          for table in Self.captured {
            let difference = try await fixture.compare(.named(table), fixture.databases(), lanes: 1 + round % 3) {
              $0.chunkRows = 500
            }
            #expect(difference.isEqual, "\(difference)")
            if let tick = difference.tick { ticks.insert(tick) }
          }
        }
        #expect(ticks.count == 50, "every comparison makes a tick of its own")
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func plantedDifferencesAreFoundUnderLoad() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: Self.captured) { fixture in
      try await fixture.fillLoadTables()
      try await fixture.worker().drain()
      // rows that the load does not touch
      try await fixture.source.run("insert into entry values (200, 1, 'a'), (200, 2, 'b'), (201, 1, 'c')")
      try await fixture.tick()
      try await fixture.worker().drain()
      try await fixture.target.run(
        "delete from entry where account = 201; update entry set v = 'x' where account = 200 and nr = 2; "
          + "insert into entry values (200, 3, 'd')")
      let difference = try await fixture.underLoad {
        try await fixture.compare(.named("entry"), fixture.databases())
      }
      #expect(
        Set(difference.rows.map { "\($0.difference.rawValue) \($0.key.compactMap { $0 })" }) == [
          "missing [\"201\", \"1\"]", "changed [\"200\", \"2\"]", "surplus [\"200\", \"3\"]",
        ])
    }
  }

  @Test func theSnapshotOfATickIsTheOneThatIsExported() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: Self.captured) { fixture in
      try await fixture.source.withConnection { open in
        try await open.execute(
          "begin; insert into account values (1, 0, 'in progress'); savepoint s; "
            + "insert into account values (2, 0, 'in a subtransaction')")
        for hasOwnWrites in [false, true] {
          try await fixture.source.withConnection { maker in
            try await maker.execute("begin")
            if hasOwnWrites {
              try await maker.execute("savepoint a; insert into account values (10, 0, 'own'); release a")
              // younger transactions end, so that the own id lies inside the snapshot
              try await fixture.source.run("insert into account values (100, 0, 'younger')")
            }
            let made = try await maker.query(
              "select tick_id, snapshot_name, tick_snapshot::text from trunkline.make_tick_snapshot('changes')"
            ).first
            let (tick, name, snapshot) = try #require(try made?.decode(Int64.self, String.self, String.self))
            try await fixture.source.run("insert into account values (\(hasOwnWrites ? 201 : 200), 0, 'later')")
            try await fixture.source.withConnection { reader in
              try await reader.execute(
                "begin isolation level repeatable read; set transaction snapshot '\(name)'")
              try await maker.execute("commit")
              let seen = try await reader.query("select txid_current_snapshot()::text").first?.decode(
                0, as: String.self)
              #expect(seen == snapshot)
              let stored = try await fixture.source.value("select tick_snapshot from pgq.tick where tick_id = \(tick)")
              #expect(stored == snapshot)
              // every event is visible to the tick exactly if its row is visible to the reader
              let rows = try await reader.query("select id from account order by 1").map {
                try $0.decode(0, as: Int.self)
              }
              let events = try await fixture.source.value(
                """
                select string_agg((ev_data::json ->> 'id'), ',' order by (ev_data::json ->> 'id')::int)
                from pgq.event_template where txid_visible_in_snapshot(ev_txid, '\(snapshot)')
                """)
              #expect(rows.map(String.init).joined(separator: ",") == events)
            }
          }
        }
      }
    }
  }

  @Test func aReaderThatJoinsTicksIsMadeToStopAtOne() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: Self.captured) { fixture in
      try await fixture.worker().drain()
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      try await AlignedSessions.with(fixture.databases(), lanes: 1, logger: logger) { sessions in
        // the position is always moved past the newest tick, as by a worker that is behind and joins
        let jumper = Task {
          try await fixture.target.withConnection { target in
            try await fixture.source.withConnection { source in
              try await source.execute("set lock_timeout = '10ms'")
              var refusals = 0
              while !Task.isCancelled {
                // its own ticks; only when it cannot make one for a while, the newest that there is
                let made = try? await source.query("select tick_id from pgq._make_tick('changes')").first
                refusals = made == nil ? refusals + 1 : 0
                guard made != nil || refusals > 30 else { continue }
                let newest = try await source.query("select max(tick_id) from pgq.tick").first
                let tick = try (made ?? newest)?.decode(0, as: Int64.self)
                try await target.query("update trunkline.position set last_tick = \(tick)")
              }
            }
          }
        }
        try await sessions.align(patience: .seconds(30))
        let misses = await sessions.misses
        #expect(misses == 2, "without holding ticks it never stops at ours")
        await sessions.end()
        // and nobody is held any longer
        try await fixture.tick()
        jumper.cancel()
        _ = await jumper.result
      }
    }
  }

  @Test func aTableThatIsBeingCopiedIsNotCompared() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: Self.captured) { fixture in
      try await fixture.worker().drain()
      let columns = "origin_id, queue_name, consumer_name, schema_name, table_name"
      let values = "select origin_id, queue_name, consumer_name, 'public', 'account'"
      try await fixture.target.run(
        "insert into trunkline.copied_table (\(columns), snapshot, rows) \(values), '5:5:', 0 from trunkline.position")
      try await running(fixture.worker()) {
        // an old copy does not matter
        let equal = try await fixture.compare(.named("account"), fixture.databases())
        #expect(equal.isEqual)
        try await fixture.target.run("update trunkline.copied_table set snapshot = '5:999999999999:'")
        await #expect(throws: ComparisonError.self) {
          try await fixture.compare(.named("account"), fixture.databases())
        }
        let other = try await fixture.compare(.named("entry"), fixture.databases())
        #expect(other.isEqual)
      }
    }
  }

  @Test func aTargetThatDoesNotComeIsToldInTime() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: Self.captured) { fixture in
      try await fixture.worker().drain()
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      try await AlignedSessions.with(fixture.databases(), lanes: 1, logger: logger) { sessions in
        let error = await #expect(throws: ComparisonError.self) {
          try await sessions.align(patience: .milliseconds(100), holds: true)
        }
        #expect(error?.exitCode == .temporary)
        #expect(error?.message.contains("consumer \"replica\" of queue \"changes\" stands at tick") == true)
      }
      // ticks are not held any more
      try await fixture.tick()
    }
  }
}
