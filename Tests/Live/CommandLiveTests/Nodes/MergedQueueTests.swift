import Glibc
import PostgresTesting
import Testing

/// Two shards are merged into a combined queue that has a root and a branch, each with leaves of the shards beside it.
@Suite struct MergedQueueTests {
  private static let table = "create table t (part int, id int, v text not null, primary key (part, id));"

  /// The four databases, with workers and tickers.
  private struct Merge {
    let shards: [TestDatabase], one: TestDatabase, two: TestDatabase

    func shell(_ database: TestDatabase) -> Shell { Shell(database: database) }

    /// Makes nodes: shards 1 and 2 are roots, `one` is the root of the combined queue and `two` its branch.
    func make() async throws {
      for (number, shard) in shards.enumerated() {
        let queue = "part\(number + 1)"
        try await shell(shard).checked("node", "create-root", "--queue", queue, "shard", shard.connectionString)
        try await shell(shard).checked("table", "add", "--queue", queue, "public.t")
      }
      try await shell(one).checked("node", "create-root", "--queue", "full", "one", one.connectionString)
      try await shell(two).checked(
        "node", "create-branch", "--queue", "full", "two", two.connectionString, "--provider", one.connectionString)
      for (name, database) in [("one", one), ("two", two)] {
        for (number, shard) in shards.enumerated() {
          try await shell(database).checked(
            "node", "create-leaf", "--queue", "part\(number + 1)", name, database.connectionString, "--provider",
            shard.connectionString, "--merge", "full")
        }
      }
    }

    func startWorker(_ databases: [TestDatabase]) throws -> RunningProgram {
      try TrunklineProgram.command(
        ["replicate"] + databases.flatMap { ["--db", $0.connectionString] } + ["--all-queues"]
      ).start()
    }

    func startTicker() throws -> RunningProgram {
      try TrunklineProgram.command(["ticker"] + (shards + [one, two]).flatMap { ["--db", $0.connectionString] }).start()
    }

    /// Waits until both databases have the rows of both shards, and no others.
    func waitUntilEqual() async throws {
      let wanted = try await shards[0].psql("select string_agg(t::text, ',' order by part, id) from t")
      let others = try await shards[1].psql("select string_agg(t::text, ',' order by part, id) from t")
      for database in [one, two] {
        try await pollUntil("the shards' rows in \(database.name)", timeout: .seconds(60)) {
          try await database.psql("select string_agg(t::text, ',' order by part, id) from t") == wanted + "," + others
        }
      }
    }

    /// Every change makes a value of its own, so an event that stands twice in the combined queue shows.
    func expectNoEventTwice() async throws {
      for database in [one, two] {
        let twice = try await database.psql(
          """
          select count(*) from (
            select 1 from pgq.event_template e join pgq.queue q on q.queue_id = e.ev_queue
            where q.queue_name = 'full' and ev_extra1 = 'public.t' group by ev_type, ev_data having count(*) > 1) d
          """)
        #expect(twice == "0", "events that stand twice in \(database.name)")
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func shardsAreMergedThroughKillsAndASwitchover() async throws {
    try await withDatabase { first in
      try await withDatabase { second in
        try await withDatabase { one in
          try await withDatabase { two in
            let merge = Merge(shards: [first, second], one: one, two: two)
            for database in [first, second, one, two] { try await database.psql(Self.table) }
            for (part, shard) in merge.shards.enumerated() {
              try await shard.psql("insert into t select \(part + 1), g, 'old ' || g from generate_series(1, 300) g")
            }
            try await merge.make()
            let ticker = try merge.startTicker()
            let others = try merge.startWorker(merge.shards + [two])
            var worker = try merge.startWorker([one])
            try await run(merge, restarting: &worker)
            for program in [ticker, others, worker] { try await program.terminate() }
          }
        }
      }
    }
  }

  private func run(_ merge: Merge, restarting worker: inout RunningProgram) async throws {
    try await merge.shell(merge.one).checked("table", "add", "--queue", "part1", "--merge-all", "public.t")
    // At once: it waits by itself until all shards are merged.
    try await merge.shell(merge.two).checked("table", "add", "--queue", "part1", "--merge-all", "public.t")
    try await merge.shell(merge.two).checked("table", "wait-sync", "--queue", "full")
    try await merge.waitUntilEqual()

    // A table that is copied again keeps the rows of other shards, and gets its own as they are.
    try await merge.one.psql(
      "set session_replication_role = replica; update t set v = 'lost' where part = 1 and id < 10; delete from t where part = 1 and id = 11"
    )
    try await merge.shell(merge.one).checked("table", "resync", "--queue", "part1", "public.t", "--wait-sync")
    try await merge.waitUntilEqual()

    for round in 1...3 {
      try await change(merge, round)
      worker.send(signal: SIGKILL)
      _ = try await worker.waitForExit()
      try await change(merge, 10 + round)
      worker = try merge.startWorker([merge.one])
    }
    try await merge.waitUntilEqual()
    try await merge.expectNoEventTwice()

    // The leaf that only follows has come as far as the combined queue, and is no burden to its shard.
    for (number, shard) in merge.shards.enumerated() {
      let tick = try await shard.psql("select pgq._make_tick('part\(number + 1)')").split(separator: ",")[0].dropFirst()
      try await pollUntil("the leaves of part\(number + 1) to come to tick \(tick)", timeout: .seconds(60)) {
        try await shard.psql(
          """
          select bool_and(last_tick >= \(tick)) from pgq.get_consumer_info('part\(number + 1)', null)
          where consumer_name like 'part%'
          """) == "t"
      }
    }

    try await merge.shell(merge.two).checked("node", "takeover", "--queue", "full", "one")
    for round in 21...23 { try await change(merge, round) }
    try await merge.waitUntilEqual()
    try await merge.expectNoEventTwice()
    #expect(
      try await merge.two.psql(
        """
        select count(*) > 0 from pgq.event_template e join pgq.queue q on q.queue_id = e.ev_queue
        where q.queue_name = 'full' and ev_data like '%change 23%'
        """) == "t", "the new root merges")
  }

  private func change(_ merge: Merge, _ round: Int) async throws {
    for (index, shard) in merge.shards.enumerated() {
      let part = index + 1
      try await shard.psql(
        """
        insert into t select \(part), \(1000 * round) + g, 'change \(round) new ' || g from generate_series(1, 20) g;
        update t set v = 'change \(round) ' || id where id % 7 = \(round % 7);
        delete from t where id = \(round);
        """)
    }
  }
}
