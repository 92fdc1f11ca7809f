"""Tables that are replicated, and what is done to them."""
from .capture_bulk import INSERT, TABLE, UPDATE
from .measuring import pgbench

TABLES = ["orders", "documents", "marker", "pgbench_branches", "pgbench_tellers", "pgbench_accounts", "pgbench_history"]
SCHEMA = TABLE.format(name="orders", more="") + """;
    create table documents (id int8 primary key, title text not null, reads int4 not null, body text not null, meta jsonb);
    create table marker (id int8 primary key);
    create table pgbench_branches (bid int primary key, bbalance int, filler char(88));
    create table pgbench_tellers (tid int primary key, bid int, tbalance int, filler char(84));
    create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84));
    create table pgbench_history (id bigserial primary key, tid int, bid int, aid int, delta int, mtime timestamp,
                                  filler char(22));
    insert into pgbench_branches select i, 0, '' from generate_series(1, 10) i;
    insert into pgbench_tellers select i, 1 + i % 10, 0, '' from generate_series(1, 100) i;
    insert into pgbench_accounts select i, 1 + i % 10, 0, '' from generate_series(1, 100000) i;
"""
SMALL = """
    do $$ begin
        for n in 0..%s / 100 - 1 loop
            insert into orders
            select i, i %% 1000, 'customer number ' || i, i / 7.0, now(), i %% 3 = 0, 'remark'
            from generate_series(n * 100 + 1, n * 100 + 100) i;
            commit;
        end loop;
    end $$"""
# 6 kB of text that compresses to about half: the server stores it outside the row.
WIDE = """
    insert into documents
    select i, 'document ' || i, 0, (select string_agg(md5(i::text || n), '') from generate_series(1, 192) n),
           jsonb_build_object('author', 'author ' || i % 100, 'pages', i % 1000)
    from generate_series(1, {rows}) i"""
MIXED = """
\\set aid random(1, 100000)
\\set bid random(1, 10)
\\set tid random(1, 100)
\\set delta random(-5000, 5000)
begin;
update pgbench_accounts set abalance = abalance + :delta where aid = :aid;
update pgbench_tellers set tbalance = tbalance + :delta where tid = :tid;
update pgbench_branches set bbalance = bbalance + :delta where bid = :bid;
insert into pgbench_history (tid, bid, aid, delta, mtime) values (:tid, :bid, :aid, :delta, now());
end;
"""


class Workload:
    """Changes that make a backlog; `empties` names the table that must be empty before."""

    def __init__(self, name, changes, run, empties=None):
        self.name, self.changes, self.run, self.empties = name, changes, run, empties


def statement(sql):
    return lambda cluster, database: cluster.execute(database, sql)


def workloads(quick):
    rows, wide, transactions = (30_000, 2_000, 2_000) if quick else (300_000, 20_000, 10_000)
    return [
        Workload(f"INSERT, {rows // 1000} k rows, one transaction", rows,
                 statement(INSERT.format(name="orders", rows=rows)), "orders"),
        Workload(f"UPDATE, {rows // 1000} k rows, one transaction", rows, statement(UPDATE.format(name="orders"))),
        Workload(f"INSERT, {rows // 1000} k rows, transactions of 100", rows, statement(SMALL % rows), "orders"),
        Workload(f"INSERT, {wide // 1000} k rows of 6 kB", wide, statement(WIDE.format(rows=wide)), "documents"),
        Workload(f"UPDATE, {wide // 1000} k rows of 6 kB, a counter", wide,
                 statement("update documents set reads = reads + 1")),
        Workload(f"pgbench, {transactions // 1000} k transactions of 4 changes", transactions * 4,
                 lambda cluster, database: pgbench(cluster, database, MIXED, clients=2, transactions=transactions // 2)),
    ]
