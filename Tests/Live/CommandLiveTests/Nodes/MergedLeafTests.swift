import PostgresTesting
import Testing

/// One table of a database is filled from two shards by leaves without a combined queue.
@Suite struct MergedLeafTests {
  private static let table = """
    create table t (part int, id int, v text not null, primary key (part, id)); create index t_v on t (v);
    """

  /// The second source begins to be copied while rows of the first still come in; both go on being changed.
  @Test(.timeLimit(.minutes(3))) func aSourceIsAddedInTheMiddleOfAnothersCopy() async throws {
    try await withDatabase { first in
      try await withDatabase { second in
        try await withDatabase { full in
          let shards = [first, second]
          for database in shards + [full] { try await database.psql(Self.table) }
          let shell = Shell(database: full)
          for (part, shard) in shards.enumerated() {
            try await shard.psql(
              "insert into t select \(part), g, repeat('v' || g, 20) from generate_series(1, 25000) g")
            let queue = "part\(part)"
            try await Shell(database: shard).checked(
              "node", "create-root", "--queue", queue, "shard", shard.connectionString)
            try await Shell(database: shard).checked("table", "add", "--queue", queue, "t")
            try await shell.checked(
              "node", "create-leaf", "--queue", queue, "full\(part)", full.connectionString, "--provider",
              shard.connectionString)
          }
          let ticker = try TrunklineProgram.command(["ticker"] + shards.flatMap { ["--db", $0.connectionString] })
            .start()
          let workers = try ["part0", "part1"].map { queue in
            try TrunklineProgram.command([
              "replicate", "--db", full.connectionString, "--queue", queue, "--max-rate", "300kB",
            ]).start()
          }
          let unclear = try await shell.run("replicate", "--db", full.connectionString)
          #expect(unclear.status == 78 && unclear.standardError.contains("several queues: part0, part1"), "\(unclear)")
          try await shell.checked("table", "add", "--queue", "part0", "t")
          try await pollUntil("the first copy to be in its middle") {
            try await full.psql(
              "select count(*) = 1 from pg_stat_progress_copy where relid = 't'::regclass and tuples_processed > 1000"
            ) == "t"
          }
          try await first.psql("update t set v = 'changed' where id % 100 = 1; delete from t where id = 2")
          try await shell.checked("table", "add", "--queue", "part1", "t")
          try await second.psql("update t set v = 'changed' where id % 100 = 3; delete from t where id = 4")
          #expect(
            try await full.psql(
              "select count(*) from londiste.table_info where local and merge_state is distinct from 'ok'") == "2")
          for queue in ["part0", "part1"] {
            try await shell.checked("table", "wait-sync", "--queue", queue)
            try await shell.checked("node", "wait", "--queue", queue)
          }
          let sum = "select count(*), sum(hashtext(t::text)) from t where part = %"
          for (part, shard) in shards.enumerated() {
            let sum = sum.replacing("%", with: "\(part)")
            #expect(try await full.psql(sum) == shard.psql(sum))
          }
          #expect(
            try await full.psql(
              "select string_agg(relname, ' ' order by relname) from pg_index join pg_class on oid = indexrelid where indrelid = 't'::regclass and indisvalid"
            )
              == "t_pkey t_v")
          for program in workers + [ticker] { try await program.terminate() }
        }
      }
    }
  }
}
