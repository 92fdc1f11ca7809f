"""Capture of transactions that change one row."""
from . import systems
from .capture_bulk import INSERT, TABLE
from .measuring import interleaved, median, pgbench
from .report import Row

ROWS = 20_000
SCRIPTS = {
    "INSERT": """insert into orders values (nextval('orders_seq'), 7, 'customer number 7', 12.50, now(), true, null);\n""",
    "UPDATE": f"\\set id random(1, {ROWS})\nupdate orders set amount = amount + 1 where id = :id;\n",
}
CAPTURES = {
    "none": None,
    "trunkline": "select trunkline.capture_add('orders', 'bench')",
    "logutriga": """create trigger capture after insert or update or delete on orders
                    for each row execute function pgq.logutriga('bench')""",
}


def prepare(cluster):
    for side, capture in CAPTURES.items():
        database = f"single_{side}"
        if side == "trunkline":
            systems.install_trunkline(cluster, database)
        elif side == "logutriga":
            systems.install_pgq(cluster, database)
        else:
            cluster.create_database(database)
        cluster.execute(database, TABLE.format(name="orders", more="with (fillfactor = 50)"))
        cluster.execute(database, f"create sequence orders_seq start {ROWS + 1} cache 100")
        cluster.execute(database, INSERT.format(name="orders", rows=ROWS))
        cluster.execute(database, "vacuum analyze orders")
        if capture:
            cluster.execute(database, capture)


def run(cluster, plan):
    prepare(cluster)
    for options, durability in (("", ""), ("-c synchronous_commit=off", ", synchronous_commit off")):
        for operation, script in SCRIPTS.items():
            for clients in (1, 4):
                if plan.quick and clients > 1:
                    continue
                result = interleaved(list(CAPTURES), plan.repetitions, lambda side: pgbench(
                    cluster, f"single_{side}", script, clients, "prepared", plan.seconds, options))
                tps = {side: median(result[side]) for side in CAPTURES}
                cost = {side: (1 / tps[side] - 1 / tps["none"]) * clients * 1e6 for side in CAPTURES}
                yield Row("capture overhead, one row per transaction",
                          f"{operation}, {clients} client{'s' if clients > 1 else ''}{durability} "
                          f"(tps {tps['none']:,.0f} / {tps['trunkline']:,.0f} / {tps['logutriga']:,.0f})",
                          "us more", cost["trunkline"], {"logutriga (C)": cost["logutriga"]},
                          goal=1.0, high_is_good=False,
                          note="tps without capture / Trunkline / logutriga; the overhead is per transaction")
                for side in ("trunkline", "logutriga"):
                    systems.empty_queues(cluster, f"single_{side}")
