import PostgresTesting
import SchemaInstaller
import Testing

/// Schemas of others in the place of pgq_coop and pgq_ext: what is in the tables stays, functions make room.
@Suite struct TrackingTakeOverTests {
  @Test func positionsStayAndFunctionsAreReplaced() async throws {
    try await withDatabase(schemas: false) { database in
      // names of parameters and results differ; the table does not know members, as in Skytools 2
      try await database.psql(
        """
        create schema pgq_ext;
        create table pgq_ext.completed_tick (consumer_id text primary key, last_tick_id int8 not null);
        insert into pgq_ext.completed_tick values ('billing', 42);
        create function pgq_ext.get_last_tick(who text) returns int4 language sql as 'select 0';
        create schema pgq_coop;
        create function pgq_coop.finish_batch(x int8) returns text language sql as 'select null::text';
        """)
      try await withConnection(database) { connection in
        let before = try await SchemaInstaller().status(on: connection)
        #expect(before.filter { $0.state == .foreign }.map(\.schema) == ["pgq_coop", "pgq_ext"])
        try await SchemaInstaller().install(on: connection)
        let after = try await SchemaInstaller().status(on: connection)
        #expect(after.allSatisfy { $0.state == .current })
      }
      let position = try await database.psql(
        "select pgq_ext.set_last_tick('billing', 'm', 7), pgq_ext.get_last_tick('billing')")
      #expect(position == "1|42")
    }
  }
}
