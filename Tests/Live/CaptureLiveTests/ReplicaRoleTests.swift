import PostgresTesting
import Testing

/// Rows that other appliers write.
@Suite struct ReplicaRoleTests {
  static let table = "create table t (id int primary key, v text, n numeric);"
  static let changes = """
    insert into t values (1, 'a'), (2, 'b'), (3, 'c'); update t set v = 'd'; update t set id = id + 10 where id < 3;
    delete from t where id = 3;
    """

  @Test func replicaRoleIsCaptured() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        "set session_replication_role = replica; \(Self.changes) reset session_replication_role; update t set v = 'e';")
      try await fixture.expectConverged("t")
      try await fixture.psql("set session_replication_role = replica; truncate t; insert into t values (5);")
      try await fixture.expectConverged("t")
    }
  }

  @Test func originOnlyLeavesItOut() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t", #"{"origin_only": true}"#)
      try await fixture.psql("set session_replication_role = replica; \(Self.changes) truncate t;")
      #expect(try await fixture.events("public.t") == "")
      try await fixture.psql("insert into t values (1, 'x');")
      #expect(try await fixture.events("public.t") == #"INSERT|{"id":1,"v":"x","n":null}||"#)
    }
  }

  @Test(arguments: ["statement", "row"])
  func localRoleDoesNothing(_ mode: String) async throws {
    let partitioned =
      "create table t (id int primary key, v text, n int) partition by list (id); create table d partition of t default;"
    try await CaptureFixture.with(mode == "row" ? partitioned : Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql("set session_replication_role = local; \(Self.changes) truncate t;")
      #expect(try await fixture.events("public.t") == "")
    }
  }

  @Test func builtInLogicalReplicationIsCaptured() async throws {
    try await SharedCluster.withDatabase { source in
      try await CaptureFixture.with(Self.table + "insert into t values (1000, 'was there before');") { fixture in
        try await source.psql("\(Self.table) insert into t values (100, 'copied'); create publication p for table t;")
        try await fixture.capture("t")
        let slot = "capture_\(fixture.database.name)"
        try await source.psql("select pg_create_logical_replication_slot('\(slot)', 'pgoutput');")
        try await fixture.psql(
          """
          create subscription s connection $$\(source.connectionString)$$ publication p
            with (create_slot = false, slot_name = '\(slot)', synchronous_commit = on);
          """)
        try await source.psql(
          """
          \(Self.changes) insert into t values (7, 'last', 'NaN');
          """)
        try await pollUntil {
          try await fixture.psql("select count(*) from t where id = 7 or id = 100;") == "2"
        }
        try await source.psql("truncate t; insert into t values (8, 'after');")
        try await pollUntil {
          try await fixture.psql("select count(*) = 1 and min(id) = 8 from t;") == "t"
        }
        try await fixture.psql(
          "alter subscription s disable; alter subscription s set (slot_name = none); drop subscription s;")
        let dropped =
          "select count(pg_drop_replication_slot('\(slot)')) from pg_replication_slots where slot_name = '\(slot)' and not active;"
        try await pollUntil { try await source.psql(dropped) == "1" }
        // the row that was there before the capture is unknown to the queue, and gone by now
        try await fixture.expectConverged("t")
        #expect(try await fixture.events("public.t").contains("TRUNCATE"))
      }
    }
  }
}
