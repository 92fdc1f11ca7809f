// What the options of the triggers do.
extension TriggerScenario {
  static let ofOptions: [TriggerScenario] = [
    TriggerScenario(
      "backup",
      options: "'backup'",
      statements: [
        "insert into item values (1, 'a', null, 'c d')",
        "update item set b = 'x'",
        "update item set b = 'x'",
        "delete from item",
      ]),
    TriggerScenario(
      "ignore",
      options: "'ignore=b,c'",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')",
        "update item set b = 'x', c = 'y'",
        "update item set b = 'y', a = 'z'",
        "update item set a = a",
        "delete from item",
      ]),
    TriggerScenario(
      "ignore the key",
      options: "'ignore=id'",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')",
        "update item set b = 'x'",
        "update item set id = 2",
        "delete from item",
      ]),
    TriggerScenario(
      "ignore with backup",
      options: "'backup', 'ignore=b'",
      statements: [
        "insert into item values (1, 'a', null, 'c')",
        "update item set b = 'x'",
        "update item set a = 'x'",
      ]),
    TriggerScenario(
      "pkey",
      table: "create table item (x int, y text)",
      options: "'pkey=x'",
      statements: [
        "insert into item values (1, 'y')",
        "update item set y = 'z'",
        "update item set x = 2",
        "delete from item",
        "insert into item values (null, 'n')",
        "delete from item",
      ]),
    TriggerScenario(
      "pkey of two columns",
      table: "create table item (x int, y text, z int)",
      options: "'pkey=y,x'",
      statements: [
        "insert into item values (1, 'y')",
        "update item set z = 3",
        "delete from item",
      ]),
    TriggerScenario(
      "SKIP",
      options: "'SKIP'",
      timing: "before insert or update or delete",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')",
        "do $$ begin assert (select count(*) from item) = 0; end $$",
      ]),
    TriggerScenario(
      "SKIP after",
      options: "'SKIP'",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')"
      ]),
    TriggerScenario(
      "before without SKIP",
      timing: "before insert or update or delete",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')",
        "update item set a = 'q'",
        "do $$ begin assert (select a from item) = 'q'; end $$",
        "delete from item",
        "do $$ begin assert (select count(*) from item) = 0; end $$",
      ]),
    TriggerScenario(
      "deny",
      options: "'deny'",
      statements: [
        "insert into item values (1, 'a', 'b', 'c')",
        "set session_replication_role = local",
        "insert into item values (1, 'a', 'b', 'c')",
        "reset session_replication_role",
        "update item set a = 'x'",
        "delete from item",
      ]),
    TriggerScenario(
      "deny truncate",
      options: "'deny'",
      timing: "before truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "session_replication_role",
      statements: [
        "set session_replication_role = local",
        "insert into item values (1, 'a', 'b', 'c')",
        "set session_replication_role = replica",
        "insert into item values (2, 'a', 'b', 'c')",
        "alter table item enable always trigger t",
        "insert into item values (3, 'a', 'b', 'c')",
        "reset session_replication_role",
      ]),
    TriggerScenario(
      "expressions",
      options:
        "'ev_type=upper(a)', 'ev_extra1=''x1'' || b', 'ev_extra2=c::int + 1', 'ev_extra3=null', 'ev_extra4=id * 2.5'",
      statements: [
        "insert into item values (1, 'a', 'b', '3')",
        "update item set a = 'zz'",
        "delete from item",
      ]),
    TriggerScenario(
      "expression for the data",
      options: "'ev_data=a || b', 'backup', 'ev_extra2=id > 0', 'ev_extra3=id::char(4)', 'ev_extra4=array[a, b]'",
      statements: [
        "insert into item values (1, 'a', 'b', '3')",
        "update item set b = null",
      ]),
    TriggerScenario(
      "null for the data",
      options: "'ev_data=null', 'ev_extra1=null'",
      statements: [
        "insert into item values (1, 'a', 'b', '3')"
      ]),
    TriggerScenario(
      "expression with two rows",
      options: "'ev_extra4=generate_series(1, 2)'",
      statements: [
        "insert into item values (1, 'a', 'b', '3')"
      ]),
    TriggerScenario(
      "expression with unknown column",
      options: "'ev_extra4=nosuch'",
      statements: [
        "insert into item values (1, 'a', 'b', '3')"
      ]),
    TriggerScenario(
      "when",
      options: "'when=a = ''yes'''",
      statements: [
        "insert into item values (1, 'yes', 'b', '3'), (2, 'no', 'b', '3')",
        "update item set a = 'yes' where id = 2",
        "update item set a = 'no' where id = 1",
        "delete from item",
      ]),
    TriggerScenario(
      "when is null",
      options: "'when=a > b'",
      statements: [
        "insert into item values (1, null, 'b', '3')"
      ]),
    TriggerScenario(
      "when is not boolean",
      options: "'when=id'",
      statements: [
        "insert into item values (1, null, 'b', '3')"
      ]),
    TriggerScenario(
      "when and SKIP",
      options: "'when=false', 'SKIP'",
      timing: "before insert",
      statements: [
        "insert into item values (1, 'a', 'b', '3')",
        "do $$ begin assert (select count(*) from item) = 0; end $$",
      ]),
    TriggerScenario(
      "columns with special names",
      table:
        "create table item (id int primary key, a text, _pgq_ev_type text, _pgq_ev_data text, _pgq_ev_extra1 text, _pgq_ev_extra4 text)",
      options: "'ev_extra4=''expression'''",
      statements: [
        "insert into item values (1, 'a', 'mt', 'md', 'm1', 'm4')",
        "update item set _pgq_ev_extra1 = null, _pgq_ev_data = null",
      ]),
    TriggerScenario(
      "column with special name for the type",
      table: "create table item (id int primary key, a text, _pgq_ev_type text)",
      options: "'ignore=a'",
      statements: [
        "insert into item values (1, 'a', 'mt')",
        "update item set a = 'x'",
        "update item set _pgq_ev_type = 'n'",
        "delete from item",
      ]),
    TriggerScenario(
      "column with unknown special name",
      table: "create table item (id int primary key, _pgq_ev_foo text)",
      statements: [
        "insert into item values (1, 'a')"
      ]),
    TriggerScenario(
      "unknown option",
      options: "'foo=bar'",
      statements: [
        "insert into item values (1, 'a', 'b', '3')"
      ]),
    TriggerScenario(
      "truncate",
      timing: "after truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "truncate before with SKIP",
      options: "'SKIP'",
      timing: "before truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "truncate with ignore",
      options: "'ignore=a'",
      timing: "after truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "truncate with pkey",
      options: "'pkey=a'",
      timing: "after truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "truncate with backup",
      options: "'backup'",
      timing: "after truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "truncate with expression",
      options: "'when=true'",
      timing: "after truncate",
      level: "statement",
      statements: [
        "truncate item"
      ]),
    TriggerScenario(
      "rows for each statement",
      timing: "after insert",
      level: "statement",
      statements: [
        "insert into item values (1, 'a', 'b', '3')"
      ]),
    TriggerScenario(
      "partition",
      table:
        "create table item (id int, k int, v text, primary key (id, k)) partition by list (k); create table item_1 partition of item for values in (1)",
      statements: [
        "insert into item values (1, 1, 'x')",
        "update item set v = 'y'",
        "delete from item",
      ]),
  ]
}
