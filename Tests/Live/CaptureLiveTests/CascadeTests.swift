import Testing

/// Foreign keys that change rows of the captured table; their changes join the statement that caused them.
@Suite struct CascadeTests {
  @Test func selfReferencingCascades() async throws {
    try await CaptureFixture.with(
      "create table t (id int primary key, parent int references t on delete cascade on update cascade, v text);"
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1, null, 'r'), (2, 1, 'a'), (3, 2, 'b'), (4, 1, 'c'), (5, null, 'q'), (6, 5, 'z'), (7, 7, 's');
        update t set id = 10 where id = 1; update t set id = id + 100 where id in (2, 5, 7);
        update t set id = id + 1000, v = v || '!';
        delete from t where id = 1102; delete from t where id = 1107;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test(arguments: ["set null", "set default", "cascade"])
  func deleteOfSeveralParentsAtOnce(_ action: String) async throws {
    try await CaptureFixture.with(
      "create table t (id int primary key, parent int default 9 references t on delete \(action), v text);"
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (9, null, 'd'), (1, null, 'r'), (2, 1, 'a'), (3, 2, 'b'), (4, 1, 'c'), (5, null, 'q'), (6, 5, 'z');
        delete from t where id in (1, 2, 5);
        """)
      try await fixture.expectConverged("t")
    }
  }

  /// Two foreign keys to one table, one that clears and one that deletes: the order of the statement triggers says nothing.
  @Test(arguments: [
    "a int references p on delete set null, b int references p on delete cascade",
    "b int references p on delete cascade, a int references p on delete set null",
  ])
  func diamondOfClearingAndDeleting(_ keys: String) async throws {
    try await CaptureFixture.with("create table p (id int primary key); create table t (id int primary key, \(keys));")
    {
      fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into p select generate_series(1, 8);
        insert into t (id, a, b) select g, 1 + g % 8, 1 + g * 3 % 8 from generate_series(1, 40) g;
        insert into t (id, a, b) values (101, 1, 2), (102, 1, 1), (103, 2, 1), (104, 3, 4), (105, 4, 3);
        delete from p where id in (1, 2); delete from p where id = 3; delete from p where id > 5;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func diamondOverTwoTables() async throws {
    try await CaptureFixture.with(
      """
      create table p1 (id int primary key);
      create table p2 (id int primary key, p int references p1 on delete cascade on update cascade);
      create table t (id int primary key, a int references p1 on delete set null on update cascade,
        b int references p2 on delete cascade on update cascade, v text);
      """
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.capture("p2")
      try await fixture.psql(
        """
        insert into p1 select generate_series(1, 6); insert into p2 select g, g from generate_series(1, 6) g;
        insert into t select g, 1 + g % 6, 1 + (g / 2) % 6 from generate_series(1, 60) g;
        update p1 set id = id + 100; update p2 set id = id + 10 where id in (2, 3);
        delete from p1 where id in (101, 102); with d as (delete from p1 where id = 103) update t set v = 'x' where id > 30;
        """)
      try await fixture.expectConverged("t")
      try await fixture.expectConverged("p2")
    }
  }
}
