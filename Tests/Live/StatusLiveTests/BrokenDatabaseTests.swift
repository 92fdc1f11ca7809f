import PostgresClient
import PostgresTesting
import StatusModel
import Testing

/// Databases broken on purpose, one by one: the reader sees it and the diagnosis names it.
@Suite struct BrokenDatabaseTests {
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let check: String
    let severity: Finding.Severity
    let sql: String
    let what: String

    init(_ description: String, _ check: String, _ severity: Finding.Severity, what: String, _ sql: String) {
      testDescription = description
      self.check = check
      self.severity = severity
      self.sql = sql
      self.what = what
    }
  }

  @Test(arguments: damages)
  func damageIsNamed(_ damage: Damage) async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      #expect(findings(damage.check, try await look(database)) == [], "before the damage")
      try await database.psql(damage.sql)
      let reader = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      if damage.testDescription.contains("reader") {
        try await reader.execute("begin; lock table pgq.event_1_1 in access share mode")
      }
      var found: [Finding] = []
      try await pollUntil("a finding") {
        found = findings(damage.check, try await look(database))
        return !found.isEmpty
      }
      await reader.close()
      let finding = try #require(found.first)
      #expect(found.count == 1 && finding.severity == damage.severity)
      #expect(finding.what.contains(damage.what), "\(finding.what)")
    }
  }

  @Test func anUndamagedDatabaseIsWell() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let diagnosis = Diagnosis(try await look(database))
      #expect(diagnosis.findings == [])
      #expect(diagnosis.impossible.isEmpty)
    }
  }

  @Test func anEmptyDatabaseHasNothing() async throws {
    try await withDatabase(schemas: false) { database in
      let found = Diagnosis(try await look(database)).findings
      #expect(found.map(\.what) == ["nothing of Trunkline is installed"])
    }
  }
}

private let damages = [
  BrokenDatabaseTests.Damage(
    "no ticker", "ticker", .error, what: "2 new events wait",
    """
    select pgq.insert_event('q', 't', '1'), pgq.insert_event('q', 't', '2');
    update pgq.tick set tick_time = now() - interval '1 hour';
    """),
  .init(
    "ticks of the future", "clock", .warning, what: "q are dated in the future",
    "update pgq.tick set tick_time = now() + interval '1 hour';"),
  .init(
    "stalled consumer", "stalled consumer", .error, what: "consumer c of queue q is 2 h and about 5 events behind",
    """
    select pgq.insert_event('q', 't', 'x') from generate_series(1, 5);
    update pgq.tick set tick_time = now() - interval '3 hours';
    select pgq.ticker('q');
    update pgq.tick set tick_time = now() - interval '2 hours';
    update pgq.subscription set sub_active = now() - interval '2 hours';
    """),
  .init(
    "over its limit", "consumer limit", .error, what: "of its limit of 1 h",
    """
    select trunkline.set_consumer('q', 'c', 'max_age', '1 hour');
    select pgq.insert_event('q', 't', 'x');
    update pgq.tick set tick_time = now() - interval '3 hours';
    select pgq.ticker('q');
    update pgq.tick set tick_time = now() - interval '2 hours';
    """),
  .init(
    "evicted consumer", "eviction", .error, what: "consumer c of queue q was removed",
    """
    select trunkline.set_consumer('q', 'c', 'max_age', '1 hour'), trunkline.set_consumer('q', 'c', 'on_limit', 'evict');
    select pgq.insert_event('q', 't', 'x');
    update pgq.tick set tick_time = now() - interval '3 hours';
    select pgq.ticker('q');
    update pgq.tick set tick_time = now() - interval '2 hours';
    select trunkline.maint_consumer_limits();
    """),
  .init(
    "paused consumer", "stalled consumer", .notice, what: "consumer c of queue q is paused",
    "select trunkline.set_consumer('q', 'c', 'paused', 'true');"),
  .init(
    "dead letter", "dead letters", .warning,
    what: "1 event of consumer c of queue q failed for good; the newest: no such host",
    """
    insert into trunkline.dead_event (queue_id, consumer_name, sub_id, ev_id, ev_time, attempts, reason)
    select sub_queue, 'c', sub_id, 1, now(), 20, 'no such host' from pgq.subscription;
    """),
  .init(
    "delayed events stay", "delayed events", .error, what: "delayed events of queue q are 1 h overdue",
    """
    select trunkline.send('q', 'x', delay => interval '1 hour');
    update trunkline.delayed_event set deliver_at = now() - interval '1 hour';
    """),
  .init(
    "rotation held by a reader", "rotation", .warning, what: "which uses the table that is to be emptied",
    """
    update pgq.queue set queue_switch_time = now() - interval '6 hours', queue_switch_step2 = 10;
    """),
  .init(
    "position that does not exist", "consumer position", .error, what: "tick 4711",
    "update pgq.subscription set sub_last_tick = 4711;"),
  .init(
    "open batch", "open batch", .warning, what: "consumer c of queue q has batch",
    """
    select pgq.insert_event('q', 't', 'x');
    update pgq.tick set tick_time = now() - interval '1 minute';
    select pgq.ticker('q');
    select pgq.next_batch('q', 'c');
    update pgq.subscription set sub_active = now() - interval '1 hour';
    """),
  .init(
    "dead member", "dead member", .warning, what: "member m1 of consumer g of queue q holds a batch",
    """
    select pgq_coop.register_subconsumer('q', 'g', 'm1');
    select pgq.insert_event('q', 't', 'x');
    update pgq.tick set tick_time = now() - interval '1 minute';
    select pgq.ticker('q');
    select pgq_coop.next_batch('q', 'g', 'm1');
    update pgq.subscription set sub_active = now() - interval '1 hour' where sub_batch is not null;
    """),
  .init(
    "retries", "retries", .warning, what: "1,500 events of consumer c",
    """
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_txid, ev_owner, ev_retry)
    select now() + interval '1 day', sub_queue, n, now(), 1, sub_id, 1
    from pgq.subscription, generate_series(1, 1500) n;
    """),
  .init(
    "disabled queue", "queue settings", .warning, what: "queue q refuses new events",
    "update pgq.queue set queue_disable_insert = true;"),
  .init(
    "no events allowed", "queue settings", .error, what: "allows 0 events",
    "update pgq.queue set queue_per_tx_limit = 0;"),
  .init(
    "paused queue", "queue settings", .notice, what: "queue q is paused",
    "select pgq.set_queue_config('q', 'ticker_paused', 'true');"),
  .init(
    "half done rotation", "rotation", .warning, what: "half done since 1 h",
    "update pgq.queue set queue_switch_step2 = null, queue_switch_time = now() - interval '1 hour';"),
  .init(
    "rotation held by a consumer", "rotation", .warning, what: "rotation of queue q waits for consumer c, 5 h behind",
    """
    update pgq.queue set queue_switch_time = now() - interval '6 hours', queue_switch_step2 = 10;
    update pgq.tick set tick_time = now() - interval '5 hours', tick_snapshot = '10:10:';
    select pgq.ticker('q');
    """),
  .init(
    "tampered function", "schema", .warning, what: "schema pgq were changed by hand",
    "create or replace function pgq.version() returns text language sql as $$ select '9'::text $$;"),
  .init("missing schema", "schema", .warning, what: "pgq_ext is missing", "drop schema pgq_ext cascade;"),
  .init(
    "older schema", "schema", .warning, what: "schema pgq_coop is not the one",
    "update trunkline.installed_schema set checksum = 'x', version = '0.0.1' where schema_name = 'pgq_coop';"),
  .init(
    "capture without triggers", "capture", .error, what: "public.t into queue q is not in order: triggers",
    """
    create table t (id int primary key);
    select trunkline.capture_add('public.t', 'q');
    alter table t disable trigger all;
    """),
  .init(
    "stopped replication", "replication", .error, what: "replica of queue changes into this database stopped",
    """
    insert into trunkline.position (origin_id, queue_name, consumer_name, epoch, last_tick, error)
    values (gen_random_uuid(), 'changes', 'replica', 1, 5, 'duplicate key value');
    """),
  .init(
    "autovacuum off for a table", "autovacuum", .warning, what: "pgq.subscription",
    "alter table pgq.subscription set (autovacuum_enabled = false);"),
  .init(
    "bloat", "bloat", .warning, what: "pgq.tick holds",
    """
    insert into pgq.tick (tick_queue, tick_id, tick_event_seq)
    select queue_id, 100000 + n, 1 from pgq.queue, generate_series(1, 20000) n;
    delete from pgq.tick where tick_id > 100000;
    """),
  .init(
    "nobody reads", "no consumer", .notice, what: "nobody reads queue other",
    """
    select pgq.create_queue('other');
    select pgq.insert_event('other', 't', 'x') from generate_series(1, 10);
    """),
]
