import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Tables with everything that a copy takes off and has to put back.
enum CopyFixture {
  static let tables = """
    create extension if not exists btree_gist;
    create table owner (id int primary key, name text not null unique deferrable initially deferred);
    create table item (
      id bigint generated always as identity, owner int not null, code text not null, v text not null default '',
      span int4range, doubled int8 generated always as (id * 2) stored,
      constraint item_key primary key (id) include (owner), constraint item_code unique (code),
      constraint item_span exclude using gist (owner with =, span with &&));
    create index item_v on item (lower(v)) where v <> ''; create unique index item_both on item (code, owner);
    create index item_owner on item (owner) with (fillfactor = 70);
    comment on index item_v is 'it''s v'; comment on constraint item_code on item is 'the code';
    alter table item cluster on item_owner; alter table item replica identity using index item_both;
    alter table item add constraint item_belongs foreign key (owner) references owner on delete cascade deferrable;
    create table note (id int primary key, item bigint references item, doubtful int);
    alter table note add constraint note_doubt foreign key (doubtful) references owner not valid;
    """
  static let captured = ["owner", "item", "note"]

  static func rows(_ items: Int) -> String {
    """
    insert into owner select g, 'owner ' || g from generate_series(1, 100) g;
    insert into item (owner, code, v, span)
      select 1 + g % 100, 'code ' || g, repeat('v', g % 50), int4range(g, g + 1) from generate_series(1, \(items)) g;
    insert into note select g, g, 1 + g % 100 from generate_series(1, 300) g;
    """
  }

  /// All indexes, constraints and triggers of the captured tables, as text.
  static let catalog = """
    select string_agg(line, E'\\n' order by line) from (
      select concat_ws(' ', 'index', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), i.indisclustered,
        i.indisreplident, i.indisvalid, obj_description(i.indexrelid, 'pg_class')) as line
      from pg_index i where i.indrelid = any (array['owner', 'item', 'note']::regclass[])
      union all
      select concat_ws(' ', 'constraint', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid), c.convalidated,
        obj_description(c.oid, 'pg_constraint'))
      from pg_constraint c where c.conrelid = any (array['owner', 'item', 'note']::regclass[])
      union all
      select concat_ws(' ', 'trigger', t.tgrelid::regclass, t.tgname, t.tgenabled)
      from pg_trigger t where t.tgrelid = any (array['owner', 'item', 'note']::regclass[]) and not t.tgisinternal
    ) x
    """

  /// Options under which small tables are divided and parked.
  static func options(jobs: Int = 3) -> CopyOptions {
    var options = CopyOptions()
    options.jobs = jobs
    options.pieceBytes = 64 << 10
    options.parkingThreshold = 1
    return options
  }

  /// The same for the program.
  static let arguments = ["--piece-size", "64kB", "--park-from", "1B", "--jobs", "3"]
}
