"""Capture of statements that change many rows."""
from . import systems
from .measuring import interleaved, median, stopwatch
from .report import Row

TABLE = """
    create table {name} (
        id int8 primary key, customer int4 not null, name text not null, amount numeric(12,2),
        placed timestamptz not null, paid bool not null, remark text) {more}"""
INSERT = """
    insert into {name}
    select i, i % 1000, 'customer number ' || i, i / 7.0, timestamptz '2024-01-01' + i * interval '1 minute',
           i % 3 = 0, case when i % 4 = 0 then repeat('remark ', 5) end
    from generate_series(1, {rows}) i"""
UPDATE = "update {name} set amount = amount + 1, paid = not paid"
DELETE = "delete from {name}"
VACUUM = "vacuum {name}"

# side: database, how its table is made, how it is captured
SIDES = {
    "none": ("bulk_plain", "", None),
    "trunkline": ("bulk_trunkline", "", "select trunkline.capture_add('orders', 'bench')"),
    "trunkline rows": ("bulk_trunkline_rows", "partition by range (id)", "select trunkline.capture_add('orders', 'bench')"),
    "none rows": ("bulk_plain_rows", "partition by range (id)", None),
    "logutriga": ("bulk_pgq", "", """
        create trigger capture after insert or update or delete on orders
        for each row execute function pgq.logutriga('bench')"""),
    "logutriga rows": ("bulk_pgq_rows", "partition by range (id)", """
        create trigger capture after insert or update or delete on orders
        for each row execute function pgq.logutriga('bench')"""),
}


def prepare(cluster):
    for side, (database, more, capture) in SIDES.items():
        if side.startswith("trunkline"):
            systems.install_trunkline(cluster, database)
        elif side.startswith("logutriga"):
            systems.install_pgq(cluster, database)
        else:
            cluster.create_database(database)
        cluster.execute(database, TABLE.format(name="orders", more=more))
        if more:
            cluster.execute(database, "create table orders_all partition of orders default")
        if capture:
            cluster.execute(database, capture)


def run(cluster, plan):
    rows = 50_000 if plan.quick else 200_000
    repetitions = 3
    prepare(cluster)

    def measure(side):
        """Seconds of an INSERT, an UPDATE and a DELETE of every row."""
        database = SIDES[side][0]
        seconds = []
        connection = cluster.connect(database)
        with connection.cursor() as cursor:
            for statement in (INSERT, UPDATE, DELETE):
                seconds.append(stopwatch(lambda: cursor.execute(statement.format(name="orders", rows=rows))))
                cursor.execute(VACUUM.format(name="orders"))
            cursor.execute("truncate orders")
        connection.close()
        if not side.startswith("none"):
            systems.empty_queues(cluster, database)
        return seconds

    for side in SIDES:
        measure(side)
    result = interleaved(list(SIDES), repetitions, measure)
    for position, operation in enumerate(("INSERT", "UPDATE", "DELETE")):
        seconds = {side: median([run[position] for run in result[side]]) for side in SIDES}
        for kind, ending, goal in (("", "", 0.5), (" partitioned table (row triggers),", " rows", None)):
            base = seconds["none" + ending]
            yield Row(f"capture overhead, one statement over {rows // 1000} k rows",
                      f"{operation},{kind} {base:.2f} s without", "s more", seconds["trunkline" + ending] - base,
                      {"logutriga (C)": seconds["logutriga" + ending] - base}, goal=goal, high_is_good=False)
