"""One event in a transaction of its own: pgq.insert_event() of both sides."""
from . import systems
from .measuring import interleaved, median, pgbench
from .report import Row

DATA = "x" * 100
SCRIPT = f"select pgq.insert_event('bench', 'type', '{DATA}');\n"


def run(cluster, plan):
    systems.install_trunkline(cluster, "insert_trunkline")
    systems.install_pgq(cluster, "insert_pgq")
    sides = ["trunkline", "pgq"]
    for side in sides:  # caches warm, files extended
        pgbench(cluster, f"insert_{side}", SCRIPT, transactions=500)
    for options, durability in (("", ""), ("-c synchronous_commit=off", ", synchronous_commit off")):
        for mode in ("prepared", "simple"):
            if plan.quick and options and mode == "simple":
                continue
            for clients in (1, 4):
                result = interleaved(sides, plan.repetitions, lambda side: pgbench(
                    cluster, f"insert_{side}", SCRIPT, clients, mode, plan.seconds, options))
                ours, theirs = (median(result[side]) for side in sides)
                yield Row("insert_event, one per transaction",
                          f"{mode}, {clients} client{'s' if clients > 1 else ''}{durability}", "tps",
                          ours, {"PgQ 3.5 (C)": theirs}, goal=1.0 if not options else None)
                for side in sides:
                    systems.empty_queues(cluster, f"insert_{side}")
