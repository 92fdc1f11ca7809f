import EventFormats
import PostgresClient
import PostgresTesting
import SchemaInstaller
import Testing

@testable import TableReplication

/// Copies of several sources into one table.
@Suite struct MergedCopyTests {
  /// A database with leaves of two queues whose copies into `t` have just begun, and nothing of them is there yet.
  private static let setup = """
    create table t (id int primary key);
    select pgq_node.register_location(q, n, 'dbname=' || n, false)
    from (values ('part1'), ('part2')) p (q), (values ('shard'), ('full')) l (n);
    select pgq_node.create_node(q, 'leaf', 'full', q || '_full', 'shard', 0, null) from (values ('part1'), ('part2')) p (q);
    insert into londiste.table_info (queue_name, table_name, local, merge_state)
    select q, 'public.t', true, 'in-copy' from (values ('part1'), ('part2')) p (q);
    insert into trunkline.position (origin_id, queue_name, consumer_name, epoch, last_tick)
    select md5(q)::uuid, q, 'copy', 1, 1 from (values ('part1'), ('part2')) p (q);
    insert into trunkline.set_copy (queue_name, table_name, dest_name, node_name, origin_id, consumer_name)
    select q, 'public.t', 'public.t', 'shard', md5(q)::uuid, 'copy' from (values ('part1'), ('part2')) p (q);
    """
  private static let begin = """
    insert into trunkline.table_copy (origin_id, queue_name, consumer_name, schema_name, table_name, target_schema, target_name,
      first_snapshot, last_snapshot)
    values (md5('part1')::uuid, 'part1', 'copy', 'public', 't', 'public', 't', txid_current_snapshot(), txid_current_snapshot())
    """

  /// Whoever is first empties the table; the other one must know of it even though both looked at the same time, or it would remove
  /// the rows of the first.
  @Test(.timeLimit(.minutes(1))) func onlyTheFirstOfTwoCopiesEmptiesTheTable() async throws {
    try await withDatabase { database in
      try await database.withConnection { _ = try await SchemaInstaller().install(on: $0) }
      try await database.run(Self.setup)
      let table = try QualifiedName(unquoted: "public.t")
      try await database.withConnection { first in
        try await first.execute("begin")
        #expect(try await !SetCopyRecord.holdsRowsOfSiblings("part1", table, first))
        async let second = database.withConnection { connection in
          try await connection.transaction { try await SetCopyRecord.holdsRowsOfSiblings("part2", table, $0) }
        }
        try await pollUntil("the second copy to wait") {
          try await database.value(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = "
              + "(select oid from pg_database where datname = current_database())") == "1"
        }
        try await first.execute(Self.begin)
        try await first.execute("commit")
        #expect(try await second)
      }
    }
  }
}
