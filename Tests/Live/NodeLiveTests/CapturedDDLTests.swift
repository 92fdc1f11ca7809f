import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Commands on tables of the set go through branch and leaf between the changes before and after them.
@Suite struct CapturedDDLTests {
  @Test(arguments: ["AIUDL", "AIUDG"]) func commandsFollowTheChanges(flags: String) async throws {
    try await SetFixture.with(
      tables: "create table t (id int primary key, v text)", set: ["t"], flags: flags
    ) { fixture in
      try await fixture.root.run("select trunkline.set_ddl_policy('s', null, 'apply')")
      for statement in try await fixture.root.value("select string_agg(p, ';') from trunkline.ddl_plan() p").split(
        separator: ";")
      {
        try await fixture.root.run(String(statement))
      }
      for command in [
        "insert into t values (1, 'old')", "alter table t add column n int default 7",
        "update t set n = 8 where id = 1",
        "insert into t values (2, 'x', 9)", "alter table t alter column n type numeric(10, 2)",
        "insert into t values (3, 'y', 1.25)",
        "create index by_n on t (n)", "alter table t drop column v", "insert into t values (4, 2.5)",
      ] { try await fixture.root.run(command) }
      try await fixture.settle()
      try await fixture.expectEqual("t")
      #expect(try await fixture["leaf"].value("select count(*)::text from pg_indexes where indexname = 'by_n'") == "1")

      // what is held stops each node before it, until somebody decides there
      try await fixture.root.run("select trunkline.set_ddl_policy('s', 'drop column', 'hold')")
      try await fixture.root.run("insert into t values (5, 3)")
      try await fixture.root.run("alter table t drop column n")
      try await fixture.root.run("insert into t values (6)")
      try await fixture.tick()
      for name in ["branch", "leaf"] {
        let error = await #expect(throws: ApplyError.self) { try await fixture.worker(name).drain() }
        #expect(error?.reason.contains("alter table t drop column n") == true, "\(error?.description ?? "")")
        #expect(error?.remedy.contains("trunkline ddl decide") == true)
        #expect(try await fixture[name].value("select max(id)::text from t") == "4")
        let event = try await fixture.root.value(
          "select ev_extra1 from pgq.event_template where ev_type = 'trunkline.ddl'")
        try await fixture[name].run("select trunkline.decide_ddl('s', '\(event)', 'apply')")
        try await fixture.worker(name).drain()
      }
      try await fixture.expectEqual("t")
      #expect(try await fixture["leaf"].value("select string_agg(id::text, ',' order by id) from t") == "1,2,3,4,5,6")
    }
  }
}
