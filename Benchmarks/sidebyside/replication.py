"""How fast a backlog reaches another database."""
import time

from .capture_bulk import INSERT, TABLE
from .measuring import median
from .replicators import Londiste, Logical, Trunkline
from .report import Row

TABLES = ["orders", "marker", "pgbench_branches", "pgbench_tellers", "pgbench_accounts", "pgbench_history"]
SCHEMA = TABLE.format(name="orders", more="") + """;
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


def drain(replicator, load, marks):
    """Seconds from the moment the backlog may move to the moment its last transaction is visible in the target."""
    replicator.hold()
    load(replicator.source, replicator.database)
    mark = next(marks)
    replicator.source.execute(replicator.database, "insert into marker values (%s)", mark)
    with replicator.target.connect(replicator.database) as connection, connection.cursor() as cursor:
        begin = time.monotonic()
        replicator.release()
        while True:
            cursor.execute("select 1 from marker where id = %s", (mark,))
            if cursor.fetchone():
                return time.monotonic() - begin
            if time.monotonic() - begin > 120:
                raise RuntimeError(f"{replicator.name}: the backlog did not arrive within 120 s")
            time.sleep(0.005)


def differences(replicator):
    """Tables whose contents differ."""
    found = []
    for table in TABLES:
        sql = f"select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) from {table} t"
        if replicator.source.execute(replicator.database, sql) != replicator.target.execute(replicator.database, sql):
            found.append(table)
    return found


def run(source, plan, target):
    from .measuring import pgbench
    rows = 30_000 if plan.quick else 300_000
    transactions = 2_000 if plan.quick else 10_000
    replicators = [kind(source, target, TABLES, plan.program) for kind in (Trunkline, Logical, Londiste)]
    marks = iter(range(1, 1_000_000))
    cases = [
        (f"INSERT, {rows // 1000} k rows, one transaction", rows, "rows/s", True, lambda cluster, database:
            cluster.execute(database, INSERT.format(name="orders", rows=rows))),
        (f"UPDATE, {rows // 1000} k rows, one transaction", rows, "rows/s", False, lambda cluster, database:
            cluster.execute(database, "update orders set amount = amount + 1, paid = not paid")),
        (f"INSERT, {rows // 1000} k rows, transactions of 100", rows, "rows/s", True, lambda cluster, database:
            cluster.execute(database, SMALL % rows)),
        (f"pgbench, {transactions // 1000} k transactions of 4 changes", transactions * 4, "rows/s", False,
            lambda cluster, database: pgbench(cluster, database, MIXED, clients=2, transactions=transactions // 2)),
    ]
    try:
        for replicator in replicators:
            replicator.setup(SCHEMA)
            drain(replicator, lambda cluster, database: None, marks)
        rates = {}
        for repetition in range(1 if plan.quick else 3):
            for name, changes, _, empties, load in cases:
                for replicator in replicators if repetition % 2 == 0 else replicators[::-1]:
                    if empties:
                        replicator.empty("orders")
                    seconds = drain(replicator, load, marks)
                    rates.setdefault(name, {}).setdefault(replicator.name, []).append(changes / seconds)
        for replicator in replicators:
            for table in differences(replicator):
                raise RuntimeError(f"{replicator.name}: table {table} differs")
        for name, _, unit, _, _ in cases:
            rate = {side: median(values) for side, values in rates[name].items()}
            yield Row("replication, drain of a backlog", name, unit, rate["trunkline"],
                      {"built-in logical": rate["logical"], "Londiste": rate["londiste"]}, goal=2.0,
                      goals={"Londiste": 10.0})
    finally:
        for replicator in replicators:
            replicator.stop()
