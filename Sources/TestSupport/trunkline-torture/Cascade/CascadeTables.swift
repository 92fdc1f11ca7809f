/// Tables that make replication hard.
enum CascadeTables {
  static let names = ["public.account", "public.ledger", "public.wide", "public.parted", "public.seat"]

  /// `seat` has unique values that are swapped, `account` keys that change and rows that refer to it, `wide` values that are
  /// stored out of line, `parted` rows that wander between partitions.
  static let definitions = """
    create table account (id int primary key, owner text not null, balance numeric not null default 0);
    create table ledger (writer int, number bigint, account int not null references account (id) on update cascade,
        amount numeric not null, primary key (writer, number));
    create index ledger_account on ledger (account);
    create table wide (id int primary key, payload text not null, note text);
    create table parted (id int, area int not null, changes int not null default 0, primary key (id, area))
        partition by list (area);
    create table parted_0 partition of parted for values in (0);
    create table parted_1 partition of parted for values in (1);
    create table parted_2 partition of parted default;
    create table seat (id int primary key, place int not null, constraint seat_place unique (place) deferrable);
    insert into account select g, 'owner ' || g from generate_series(1, 200) g;
    insert into wide select g, repeat(md5(g::text), 300) from generate_series(1, 50) g;
    insert into parted select g, g % 3 from generate_series(1, 100) g;
    insert into seat select g, g from generate_series(1, 50) g;
    """

  /// What a table holds, as one value.
  static func content(_ table: String) -> String {
    "select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by t::text collate \"C\")), '') from \(table) t"
  }

  /// Everything that must not get lost around the tables: indexes, constraints, triggers of the set are compared by number only.
  static let structure = """
    select string_agg(line, E'\\n' order by line) from (
      select 'index ' || indexdef as line from pg_indexes where schemaname = 'public'
      union all
      select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated
      from pg_constraint where connamespace = 'public'::regnamespace and contype <> 't' and contype <> 'n') x
    """
}
