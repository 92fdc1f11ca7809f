"""Inserting, also 1000 events in a transaction, against PgQ and a self-written table."""
from . import jobs, systems
from .measuring import interleaved, median, pgbench
from .report import Row
from .sides import NAMES, insert_sql

DATA = "'" + "x" * 100 + "'"


def script(side, events):
    if events == 1:
        return insert_sql(side, DATA) + ";\n"
    if side == "jobs":
        return f"insert into job (type, payload) select 'type', {DATA} from generate_series(1, {events});\n"
    if side == "trunkline":
        return f"select trunkline.send('bench', array_fill({DATA}::text, array[{events}]), 'type');\n"
    return f"select count(pgq.insert_event('bench', 'type', {DATA})) from generate_series(1, {events});\n"


def run(cluster, plan):
    sides = ["trunkline", "pgq", "jobs"]
    systems.install_trunkline(cluster, "many_trunkline")
    systems.install_pgq(cluster, "many_pgq")
    jobs.install(cluster, "many_jobs")

    def empty(side):
        if side == "jobs":
            cluster.execute("many_jobs", "truncate job")
        else:
            systems.empty_queues(cluster, f"many_{side}")

    for events in (1, 1000):
        for clients in (1, 4):
            def measure(side):
                tps = pgbench(cluster, f"many_{side}", script(side, events), clients, seconds=plan.seconds)
                empty(side)
                return tps * events
            result = interleaved(sides, plan.repetitions, measure)
            ours, pgq, plain = (median(result[side]) for side in sides)
            yield Row("insert, 100-byte events", f"{events} in a transaction, {clients} client{'s' * (clients > 1)}", "events/s",
                      ours, {NAMES["pgq"]: pgq, NAMES["jobs"]: plain}, goal=1.0,
                      note="1000 in a transaction: trunkline.send() of an array, pgq.insert_event() over generate_series, "
                           "INSERT ... SELECT; each in one statement.")
