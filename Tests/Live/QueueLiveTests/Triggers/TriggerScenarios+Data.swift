// What the data of an event looks like, for every kind of table, key, value and change.
extension TriggerScenario {
  static let ofData: [TriggerScenario] = [
    TriggerScenario(
      "plain text and numbers",
      table: "create table item (id int primary key, name text, price numeric)",
      statements: [
        #"insert into item values (1, 'a b&c=d%/é+~*''"\ä', 1.50), (2, null, null), (3, '', 0)"#,
        #"insert into item values (4, E'line\nline\ttab', 7), (5, E'\001\b\f\r\177😀', -1)"#,
        "update item set name = 'x' where id = 1",
        "update item set name = 'x' where id = 1",
        "update item set price = 1.5 where id = 1",
        "update item set name = null, price = 3 where id = 1",
        #"update item set name = 'back\slash''q' where id = 3"#,
        "delete from item where id < 4",
      ]),
    TriggerScenario(
      "changed key",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')",
        "update item set id = 2",
        "update item set id = 1, a = 'x'",
      ]),
    TriggerScenario(
      "key of two columns",
      table: "create table item (b text, a int, c bool, d text, primary key (a, b))",
      statements: [
        #"insert into item values ('B', 1, true, 'd'), ('it''s\', 2, false, null)"#,
        "update item set c = null, d = 'z'",
        "update item set d = d",
        "delete from item",
      ]),
    TriggerScenario(
      "no key",
      table: "create table item (x int, y text)",
      statements: [
        "insert into item values (1, 'y')",
        "update item set y = 'z'",
        "delete from item",
      ]),
    TriggerScenario(
      "quoted names",
      table:
        #"create table "It""em" ("select" int primary key, "Col A" text, "ünï" text, "q""q" text, "a.b" text, "100%" text)"#,
      statements: [
        #"insert into "It""em" values (1, 'A', 'ü', 'q', 'ab', '%')"#,
        #"update "It""em" set "Col A" = 'B', "ünï" = null, "a.b" = '..'"#,
        #"delete from "It""em""#,
      ]),
    TriggerScenario(
      "types",
      table: #"""
        create table item (id bigint primary key, i2 smallint, i4 int, f4 real, f8 double precision, n numeric(10, 3), b bool, c char(5), vc varchar(10),
        by bytea, d date, ts timestamp, tz timestamptz, ti time, iv interval, j json, jb jsonb, u uuid, ia int[], ta text[], r int4range, ip inet, pt point, x xml, bt bit(3))
        """#,
      statements: [
        #"""
        insert into item values (1, 2, 3, 1.5, 2.25, 3.1, true, 'c', 'vc', '\xdeadbeef', '2020-01-02', '2020-01-02 03:04:05.6',
         '2020-01-02 03:04:05.678+02', '01:02:03', '1 day 2 hours', '{"a":  1}', '{"b":  [1,2]}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{1,NULL,3}',
         '{"a b",NULL,"NULL",c}', '[1,5)', '10.0.0.1/8', '(1,2)', '<a>x</a>', '101')
        """#,
        "insert into item (id, f4, f8, n, d, ts, tz) values (2, 'NaN', '-Infinity', 'NaN', 'infinity', '-infinity', 'infinity')",
        "insert into item (id, f4, f8, n, d, ts, tz) values (3, 1e-10, 1e300, 0, '0044-03-15 BC', '0044-03-15 00:00:00 BC', '0044-03-15 00:00:00+00 BC')",
        #"update item set n = 3.10, j = '{"a": 1}', ia = '{1}', pt = '(1,2.0)', ts = null where id = 1"#,
        "delete from item",
      ]),
    TriggerScenario(
      "settings of the session",
      table: "create table item (id int primary key, d date, tz timestamptz, by bytea, iv interval)",
      statements: [
        "set timezone = 'Asia/Kolkata'; set datestyle = 'German, DMY'; set bytea_output = 'escape'; set intervalstyle = 'iso_8601'",
        #"insert into item values (1, '02.01.2020', '2020-01-02 03:04:05+00', '\x00ff41', '1 day')"#,
        "reset all; set timezone = 'UTC'",
      ]),
    TriggerScenario(
      "values that are equal but not the same",
      table: "create table item (id numeric primary key, f float8, i interval, a int[], j jsonb)",
      statements: [
        #"insert into item values (1.0, 0, '1 month', '{1,2}', '{"a": 1.0}')"#,
        "update item set id = 1.00",
        "update item set f = '-0'",
        "update item set i = '30 days'",
        "update item set a = '[0:1]={1,2}'",
        #"update item set j = '{"a": 1.00}'"#,
        "update item set id = 2",
        "delete from item",
      ]),
    TriggerScenario(
      "dropped columns",
      table: "create table item (z int, id int primary key, y int, v text); alter table item drop z, drop y",
      options: "'backup'",
      statements: [
        "insert into item values (1, 'a')",
        "update item set v = 'x'",
        "alter table item add w text default 'def'",
        "update item set w = 'y'",
        "alter table item drop v",
        "delete from item",
      ]),
  ]
}
