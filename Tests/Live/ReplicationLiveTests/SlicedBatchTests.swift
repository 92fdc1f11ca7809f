import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Large batches that are applied slice after slice, in one transaction.
@Suite struct SlicedBatchTests {
  private static let tables = """
    create table owner (id int primary key, v text);
    create table item (id int primary key, owner int references owner, place int unique, v text);
    create table log (n bigserial primary key, line text);
    """

  /// Changes of all kinds with hot rows, keys that change, rows that go and come back, and places that are handed on.
  private static let work = """
    do $$
    declare _id int; _place int := 1000000;
    begin
      perform setseed(0.5);
      insert into owner select g, 'first' from generate_series(1, 50) g;
      insert into item select g, 1 + g % 50, g, 'first' from generate_series(1, 600) g;
      for i in 1..4000 loop
        _id := 1 + floor(random() * 600);
        case floor(random() * 6)
        when 0 then delete from item where id = _id;
        when 1 then insert into item values (_id, 1 + _id % 50, _place + i, 'new') on conflict do nothing;
        when 2 then update item set v = v || i where id = _id;
        when 3 then update item set id = 1000 + i where id = _id;
        when 4 then
          update item set place = null where id = _id;
          update item set place = _id where id = (select min(id) from item where place is null)
            and not exists (select 1 from item where place = _id);
        else
          update owner set v = 'changed ' || i where id = 1 + i % 3;
          insert into log (line) values (repeat('x', i % 500));
        end case;
      end loop;
    end $$
    """

  private func worker(_ fixture: ReplicationFixture) -> ReplicationWorker {
    var worker = fixture.worker()
    (worker.slices.events, worker.slices.slices) = (100, 40)
    return worker
  }

  private static func with(_ body: (ReplicationFixture) async throws -> Void) async throws {
    try await ReplicationFixture.with(tables: tables, captured: ["owner", "item", "log"], body)
  }

  @Test func slicesGiveWhatTheWholeGives() async throws {
    try await Self.with { fixture in
      let worker = worker(fixture)
      try await worker.drain()
      try await fixture.target.run(
        """
        create table statement (n bigserial);
        create function count_statement() returns trigger language plpgsql as
          'begin insert into public.statement default values; return null; end';
        create trigger count after update on owner for each statement execute function count_statement();
        alter table owner enable always trigger count
        """)
      try await fixture.change(Self.work, by: worker)
      #expect(try await Int(fixture.target.value("select events::text from trunkline.position")) ?? 0 > 3000)
      // one for each slice, not one for all, nor one for each event
      let statements = try await Int(fixture.target.value("select count(*)::text from statement")) ?? 0
      #expect(20...40 ~= statements, "\(statements)")
      try await fixture.expectEqual("owner", "item", "log")
    }
  }

  @Test func aFailureInALateSliceLeavesNothing() async throws {
    try await Self.with { fixture in
      let worker = worker(fixture)
      try await worker.drain()
      try await fixture.target.run("alter table owner add check (v <> 'refused')")
      try await fixture.source.run(Self.work + "; update owner set v = 'refused' where id = 7")
      try await fixture.tick()
      let error = try await fixture.refusal(worker)
      #expect(error.contains("owner"), "\(error)")
      #expect(try await fixture.target.value("select count(*)::text from item") == "0")
      try await fixture.target.run("alter table owner drop constraint owner_v_check")
      try await worker.drain()
      try await fixture.expectEqual("owner", "item", "log")
    }
  }

  /// The source's session is ended in the middle of slices: while it sends rows, and while it prepares some that nobody waits for yet.
  @Test(.timeLimit(.minutes(3))) func lostSessionsOfTheSourceLoseNothing() async throws {
    try await Self.with { fixture in
      // so that the target is busy meanwhile
      try await fixture.target.run(
        """
        create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.002); return new; end';
        create trigger slow before insert or update on item for each row execute function slow();
        alter table item enable always trigger slow
        """)
      try await running(worker(fixture)) {
        try await fixture.source.run(Self.work)
        try await fixture.tick()
        var ended = 0
        try await pollUntil("sessions to be ended", timeout: .seconds(60)) {
          ended += try await fixture.source.withConnection { source in
            try await source.query(
              """
              select pg_terminate_backend(pid) from pg_stat_activity
              where datname = current_database() and state = 'active' and query like 'copy (select%' and pid <> pg_backend_pid()
              """
            ).count
          }
          return ended >= 5
        }
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("owner", "item", "log")
    }
  }
}
