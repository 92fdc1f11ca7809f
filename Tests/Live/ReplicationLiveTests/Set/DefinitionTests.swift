import Foundation
import PostgresClient
import PostgresTesting
import TableStructure
import Testing

/// A table that is made again from its definition has the same definition.
@Suite struct DefinitionTests {
  static let schema = """
    create schema shop; create schema "Odd.Schema"; create type shop.mood as enum ('sad', 'it''s ok', 'happy');
    create domain shop.price as numeric(10,2) default 1.5 not null constraint positive check (value >= 0) check (value < 1000000);
    create type shop.place as (street text collate "C", number int, feels shop.mood);
    create type shop.span as range (subtype = float8, subtype_diff = float8mi);
    create function shop.touch() returns trigger language plpgsql as 'begin return new; end';
    create sequence shop.numbers as int increment 5 maxvalue 1000000 cache 3 cycle;
    create table shop.other (id int primary key, code text unique);
    """
  static let table = """
    create table shop."All" (
      id bigint generated always as identity (start 1000 increment 10) primary key,
      "Serial" serial, shared int default nextval('shop.numbers'), gone int,
      name varchar(40) collate "C" not null default 'it''s', price shop.price, moods shop.mood[] default '{sad}',
      place shop.place, span shop.span, at timestamptz(3) not null default now(), doc jsonb, bits bit varying(8),
      twice int generated always as (shared * 2) stored, path int4range,
      constraint "Check me" check (shared > 0 or name <> '') no inherit, constraint late check (price < 500) not valid,
      unique (name, at) deferrable initially deferred, exclude using gist (path with &&) where (shared > 5),
      foreign key (shared) references shop.other (id) on delete cascade on update set null deferrable,
      constraint self foreign key (id) references shop."All" (id)
    ) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_vacuum_scale_factor = 0.5);
    alter table shop."All" drop column gone; alter table shop."All" add constraint later check (id > 0) not valid;
    alter table shop."All" alter doc set storage external, alter name set statistics 500, alter name set (n_distinct = 5);
    alter table shop."All" alter doc set compression pglz;
    create index "By name" on shop."All" using btree (lower(name) text_pattern_ops desc nulls last) include (at) where shared > 1;
    create unique index by_expression on shop."All" ((doc ->> 'a b'), at) with (fillfactor = 80);
    create index by_doc on shop."All" using gin (doc jsonb_path_ops);
    alter table shop."All" replica identity using index "All_pkey"; alter table shop."All" cluster on by_expression;
    create statistics shop.dependent (dependencies, ndistinct) on name, at from shop."All";
    create trigger touch before update of name, at on shop."All" for each row when (old.name is distinct from new.name)
      execute function shop.touch('an argument');
    create trigger always after insert on shop."All" for each row execute function shop.touch();
    alter table shop."All" enable always trigger always;
    create rule quiet as on delete to shop."All" where old.id < 0 do instead nothing; alter table shop."All" disable rule quiet;
    create policy own on shop."All" for select to public using (name = current_user);
    create policy strict on shop."All" as restrictive for insert with check (shared is not null);
    alter table shop."All" enable row level security, force row level security;
    grant select, insert on shop."All" to pg_monitor with grant option; grant update (name, at) on shop."All" to public;
    grant usage on shop."All_Serial_seq" to pg_monitor;
    comment on table shop."All" is 'a table''s comment'; comment on column shop."All".name is 'a name';
    comment on constraint "Check me" on shop."All" is 'a check'; comment on index shop."By name" is 'an index';
    """
  static let partitioned = """
    create table shop.log (at date not null, id int not null, v text default 'x', primary key (at, id)) partition by range (at);
    create table shop.log_1 (v text default 'x', id int not null, at date not null);
    alter table shop.log attach partition shop.log_1 for values from ('2026-01-01') to ('2026-02-01');
    create table shop.log_2 partition of shop.log (v default 'own', check (id > 0)) for values from ('2026-02-01') to ('2026-03-01')
      partition by hash (id);
    create table "Odd.Schema"."a.b" partition of shop.log_2 for values with (modulus 2, remainder 0);
    create table shop.log_2b partition of shop.log_2 for values with (modulus 2, remainder 1) with (fillfactor = 50);
    create table shop.log_rest partition of shop.log default;
    create index log_v on shop.log (v); create index only_here on shop.log_1 (id desc); create index on shop.log_2 (id, v);
    alter table shop.log add foreign key (id) references shop.other (id);
    create trigger touch before insert on shop.log for each row execute function shop.touch();
    """
  static let inherited = """
    create table shop.parent (id int primary key, v text check (v <> '')); 
    create table shop.child (own int, primary key (id)) inherits (shop.parent);
    """

  /// Makes a table on `to` as it is on `from` and compares; foreign keys are added at the end.
  private func roundTrip(_ name: CatalogName, _ from: TestDatabase, _ to: TestDatabase) async throws -> CreationPlan {
    let wanted = try #require(try await from.withConnection { try await TableDefinition.read(name, $0) })
    let plan = try await to.withConnection { connection in
      let plan = try TableCreation.plan(wanted, .full, on: try await TargetCatalog.read(connection))
      for statement in plan.statements { _ = try await connection.execute(statement) }
      for key in plan.foreignKeys { _ = try await connection.execute(key.statement) }
      return plan
    }
    let made = try #require(try await to.withConnection { try await TableDefinition.read(name, $0) })
    #expect(made.columns == wanted.columns)
    #expect(made.constraints == wanted.constraints)
    #expect(made.partitions == wanted.partitions)
    #expect(made == wanted)
    #expect(try await from.withConnection { try await TableDefinition.read(name, $0) } == wanted)
    #expect(StructureComparison.differences(here: made, there: wanted).filter(\.isSerious) == [])
    return plan
  }

  private func roundTrips(_ from: TestDatabase, _ to: TestDatabase) async throws {
    try await from.run(Self.schema + Self.table + Self.partitioned + Self.inherited)
    try await to.run(
      """
      create schema shop; create function shop.touch() returns trigger language plpgsql as 'begin return new; end';
      create table shop.other (id int primary key, code text unique); create table shop.parent (id int primary key, v text check (v <> ''))
      """)
    let plan = try await roundTrip(CatalogName("shop", "All"), from, to)
    #expect(plan.warnings == [])
    #expect(plan.foreignKeys.map(\.name).sorted() == ["All_shared_fkey", "self"])
    #expect(plan.sequences.map(\.name) == ["All_Serial_seq", "All_id_seq", "numbers"])
    try await to.run("insert into shop.other values (1)")
    #expect(
      try await to.value(
        "insert into shop.\"All\" (price, path) values (5, '[1,2]') returning concat_ws(' ', id, \"Serial\", shared, twice)"
      )
        == "1000 1 1 2")
    _ = try await roundTrip(CatalogName("shop", "log"), from, to)
    try await to.run("insert into shop.log values ('2026-02-05', 1); insert into shop.log values ('2030-01-01', 1)")
    _ = try await roundTrip(CatalogName("shop", "child"), from, to)
  }

  @Test func aTableMadeAgainIsTheSame() async throws {
    try await withDatabase(schemas: false) { from in
      try await withDatabase(schemas: false) { to in try await roundTrips(from, to) }
    }
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"]?.isEmpty == false),
    arguments: [false, true])
  func aTableMadeAgainOnAnotherVersionIsTheSame(_ isReversed: Bool) async throws {
    let other = try PostgresBinaries(directory: ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"] ?? "")
    try await PrivateCluster.with { here in
      try await PrivateCluster.with(ClusterConfiguration(binaries: other)) { there in
        try await here.withDatabase { left in
          try await there.withDatabase { right in
            try await isReversed ? roundTrips(right, left) : roundTrips(left, right)
          }
        }
      }
    }
  }

  @Test func columnsAloneAreEnoughForTheRows() async throws {
    try await withDatabase(schemas: false) { from in
      try await withDatabase(schemas: false) { to in
        try await from.run(Self.schema + Self.table)
        let name = CatalogName("shop", "All")
        let wanted = try #require(try await from.withConnection { try await TableDefinition.read(name, $0) })
        try await to.withConnection { connection in
          let plan = try TableCreation.plan(wanted, .columns, on: try await TargetCatalog.read(connection))
          for statement in plan.statements { _ = try await connection.execute(statement) }
        }
        let made = try #require(try await to.withConnection { try await TableDefinition.read(name, $0) })
        #expect(made.columns.map(\.type) == wanted.columns.map(\.type))
        #expect(made.columns.map(\.isNotNull) == wanted.columns.map(\.isNotNull))
        #expect(made.constraints == wanted.constraints.filter { $0.kind == .primaryKey })
        #expect(made.indexes.isEmpty && made.triggers.isEmpty && made.sequences.isEmpty)
        let differences = StructureComparison.differences(here: made, there: wanted)
        #expect(differences.filter(\.isSerious) == [])
        #expect(differences.contains { $0.aspect == .index && $0.name == "By name" })

        // what is missing is mended by the SQL that is shown
        try await to.run(
          "create function shop.touch() returns trigger language plpgsql as 'begin return new; end'; create sequence shop.\"All_Serial_seq\"; create sequence shop.numbers; create table shop.other (id int primary key)"
        )
        for difference in differences { if let remedy = difference.remedy { try await to.run(remedy) } }
        let mended = try #require(try await to.withConnection { try await TableDefinition.read(name, $0) })
        let left = StructureComparison.differences(here: mended, there: wanted)
        #expect(left.allSatisfy { $0.aspect == .value || $0.aspect == .foreignKey || $0.name == "always" }, "\(left)")
      }
    }
  }

  @Test func anExtensionThatIsMissingIsNamed() async throws {
    try await withDatabase(schemas: false) { from in
      try await withDatabase(schemas: false) { to in
        try await from.run("create extension hstore; create table h (id int primary key, h hstore[])")
        let wanted = try #require(
          try await from.withConnection { try await TableDefinition.read(CatalogName("public", "h"), $0) })
        let catalog = try await to.withConnection { try await TargetCatalog.read($0) }
        let error = #expect(throws: StructureError.self) { try TableCreation.plan(wanted, .columns, on: catalog) }
        #expect(error?.message.contains("type public.hstore of extension hstore") == true)
        try await to.run("create extension hstore")
        try await to.withConnection { connection in
          let plan = try TableCreation.plan(wanted, .columns, on: try await TargetCatalog.read(connection))
          for statement in plan.statements { _ = try await connection.execute(statement) }
        }
      }
    }
  }
}
