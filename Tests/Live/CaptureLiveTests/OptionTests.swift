import PostgresTesting
import Testing

/// Options of a capture, and the exact events that they give.
@Suite struct OptionTests {
  static let table = "create table t (id int primary key, a text, b numeric, secret text);"

  @Test(arguments: ["statement", "row"])
  func exactEvents(_ mode: String) async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      if mode == "row" {
        try await fixture.psql("alter database \"\(fixture.database.name)\" set session_replication_role = replica;")
      }
      try await fixture.psql(
        """
        insert into t values (1, E'tab\\t"quote" \\\\ back', 1.50, null); update t set b = 2; update t set id = 2;
        delete from t; truncate t;
        """)
      let events = try await fixture.psql(
        "select ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4 from pgq.event_template order by ev_id;")
      let type = { (op: String) in #"{"op":"\#(op)","table":["public","t"],"pkey":["id"]}"# }
      #expect(
        events
          == [
            type("INSERT") + #"|{"id":1,"a":"tab\t\"quote\" \\ back","b":"1.50","secret":null}|public.t|||"#,
            type("UPDATE") + #"|{"id":1,"a":"tab\t\"quote\" \\ back","b":"2","secret":null}|public.t|||"#,
            type("UPDATE") + #"|{"id":2,"a":"tab\t\"quote\" \\ back","b":"2","secret":null}|public.t||{"id":1}|"#,
            type("DELETE") + #"|{"id":2,"a":"tab\t\"quote\" \\ back","b":"2","secret":null}|public.t|||"#,
            type("TRUNCATE") + "|{}|public.t|||",
          ].joined(separator: "\n"))
    }
  }

  @Test func columnsAndIgnore() async throws {
    for options in [#"{"ignore": ["secret", "b"]}"#, #"{"columns": ["a"]}"#] {
      try await CaptureFixture.with(Self.table) { fixture in
        try await fixture.capture("t", options)
        try await fixture.psql(
          """
          insert into t values (1, 'x', 1, 's'), (2, 'y', 2, 's'); update t set secret = 'z'; update t set b = 7 where id = 1;
          update t set a = 'w', secret = 'q' where id = 2; update t set a = a; update t set id = 3, b = 1 where id = 1;
          """)
        #expect(
          try await fixture.events("public.t") == """
            INSERT|{"id":1,"a":"x"}||
            INSERT|{"id":2,"a":"y"}||
            UPDATE|{"id":2,"a":"w"}||
            UPDATE|{"id":3,"a":"x"}||{"id":1}
            """)
      }
    }
  }

  /// numeric 1.0 and 1.00 are equal, but not the same.
  @Test func changesAreComparedByteForByte() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t", #"{"ignore": ["secret"]}"#)
      try await fixture.psql("insert into t values (1, 'x', 1.0); update t set b = 1.00; update t set b = 1.00;")
      #expect(
        try await fixture.events("public.t") == """
          INSERT|{"id":1,"a":"x","b":"1.0"}||
          UPDATE|{"id":1,"a":"x","b":"1.00"}||
          """)
    }
  }

  @Test(arguments: ["{}", #", "before": true"#, #", "ignore": ["secret"]"#])
  func filterConverges(_ more: String) async throws {
    let options = more == "{}" ? #"{"when": "b > 10"}"# : #"{"when": "b > 10"\#(more)}"#
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t", options)
      try await fixture.psql(
        """
        insert into t values (1, 'in', 11), (2, 'out', 5), (3, 'null', null), (4, 'in', 20), (5, 'in', 30);
        update t set b = b + 10 where id = 2; update t set b = 1 where id = 4; update t set a = 'x'; update t set id = id + 10;
        delete from t where id in (13, 15); update t set id = 99, b = 0 where id = 11; update t set id = 11, b = 50 where id = 14;
        """)
      let columns = more.contains("ignore") ? "id, a, b" : "*"
      #expect(try await fixture.psql("select replay.difference('t', 'b > 10', '\(columns)');") == "")
      let leaked =
        "select count(*) from pgq.event_template where ev_type like '%INSERT%' and (ev_data::json ->> 'b')::numeric <= 10;"
      #expect(try await fixture.psql(leaked) == "0")
    }
  }

  @Test func before() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t", #"{"before": true, "columns": ["a"]}"#)
      try await fixture.psql(
        "insert into t values (1, 'x'), (2, 'y'); update t set a = a || id; update t set id = id + 1 where id = 2;")
      #expect(
        try await fixture.events("public.t") == """
          INSERT|{"id":1,"a":"x"}||
          INSERT|{"id":2,"a":"y"}||
          UPDATE|{"id":1,"a":"x1"}|{"id":1,"a":"x"}|
          UPDATE|{"id":2,"a":"y2"}|{"id":2,"a":"y"}|
          UPDATE|{"id":3,"a":"y2"}|{"id":2,"a":"y2"}|{"id":2}
          """)
    }
  }

  @Test func keyFromReplicaIdentityOrChosen() async throws {
    try await CaptureFixture.with(
      """
      create table t (a int not null, b text not null, v text); create unique index u on t (b, a);
      create table chosen (a int, b text, v text); create table none (a int);
      """
    ) { fixture in
      #expect(try await fixture.failure("select trunkline.capture_add('t', 'q');").contains("has no key"))
      try await fixture.psql("alter table t replica identity using index u;")
      try await fixture.capture("t")
      try await fixture.capture("chosen", #"{"key": ["b", "a"]}"#)
      for table in ["t", "chosen"] {
        try await fixture.psql(
          "insert into \(table) values (1, 'x', 'v'), (2, 'x', 'w'); update \(table) set b = 'y' where a = 1; delete from \(table) where a = 2;"
        )
        try await fixture.expectConverged(table)
        #expect(try await fixture.events("public.\(table)").contains(#"{"b":"x","a":1}"#))
      }
    }
  }

  @Test func repeatingChangesNothingAndOtherOptionsReplace() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      let additions = [
        ("{}", "added"), ("{}", "unchanged"), (#"{"before": false}"#, "unchanged"),
        (#"{"ignore": ["secret"], "origin_only": true}"#, "replaced"),
      ]
      for (options, outcome) in additions {
        let answer = try await fixture.psql("select trunkline.capture_add('t', 'q', '\(options)');")
        #expect(answer == outcome)
      }
      #expect(try await fixture.psql("select count(*) from pg_trigger where tgrelid = 't'::regclass;") == "5")
      #expect(
        try await fixture.psql("select trunkline.capture_remove('t', 'q'), trunkline.capture_remove('t', 'q');")
          == "1|0")
      #expect(try await fixture.psql("select count(*) from pg_trigger where tgrelid = 't'::regclass;") == "0")
    }
  }

  @Test func twoQueuesOfOneTable() async throws {
    try await CaptureFixture.with(Self.table + "select pgq.create_queue('q2');") { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        "select trunkline.capture_add('t', 'q2', '{\"columns\": [\"a\"]}'); insert into t values (1, 'a', 2); update t set b = 3;"
      )
      #expect(
        try await fixture.psql("select ev_queue, count(*) from pgq.event_template group by 1 order by 1;") == "1|2\n2|1"
      )
    }
  }
}
