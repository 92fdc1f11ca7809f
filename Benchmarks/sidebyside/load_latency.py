"""Latency at growing rates, after idleness, and while a transaction is held open; dead tuples; CPU while idle."""
import subprocess
import sys
import time

from . import jobs
from .measuring import cpu_seconds
from .latency import backend_cpu
from .report import Row
from .sides import NAMES, Queue, delays

LOAD = __file__.replace("load_latency.py", "load.py")
SIDES = ["trunkline", "pgq", "jobs"]


def load(cluster, queue, rate, seconds, size, first):
    output = subprocess.run(
        [sys.executable, "-B", LOAD, cluster.conninfo(queue.database), queue.side, str(rate), str(seconds), str(size),
         str(first)], check=True, capture_output=True, text=True).stdout
    return {int(line.split()[0]): float(line.split()[1]) for line in output.splitlines()}


def latencies(cluster, plan, side):
    """Percentiles by rate, the first event after idleness, and CPU per cent while idle."""
    with Queue(cluster, plan, side, "rate") as queue:
        queue.start_members()
        time.sleep(1)
        seconds = 3 if plan.quick else 20
        commits = {0: load(cluster, queue, 200, 1, 1, 1)}
        for rate, size in ((100, 1), (1000, 1), (10_000, 10)):
            commits[rate] = load(cluster, queue, rate, seconds, size, rate * 1000)
        time.sleep(1)
        used = backend_cpu(cluster, queue.database), cpu_seconds(queue.ticker.pid) if queue.ticker else 0
        time.sleep(plan.idle)
        idle = [(now - before) / plan.idle * 100 for now, before in zip(
            (backend_cpu(cluster, queue.database), cpu_seconds(queue.ticker.pid) if queue.ticker else 0), used)]
        commits["idle"] = load(cluster, queue, 1, 1, 1, 999)
        time.sleep(1)
        return commits, queue.stop_members(), sum(idle)


def held(cluster, plan, side):
    """The load goes on while another transaction holds its snapshot; the last part counts."""
    minutes = 0.25 if plan.quick else 3
    with Queue(cluster, plan, side, "held", rotation="5 seconds") as queue:
        queue.start_members()
        holder = cluster.connect(queue.database, autocommit=False)
        cursor = holder.cursor()
        cursor.execute("select txid_current()")
        load(cluster, queue, 1000, minutes * 60 - 5, 1, 1)
        commits = load(cluster, queue, 1000, 5, 1, 10_000_000)
        time.sleep(2)
        dead = queue.dead_tuples()
        arrivals = queue.stop_members()
        holder.close()
        return commits, arrivals, dead


def run(cluster, plan):
    jobs.let_autovacuum_run(cluster, True)
    try:
        results = {side: latencies(cluster, plan, side) for side in SIDES}

        def value(rate, share):
            return [delays(results[side][0][rate], results[side][1], share) for side in SIDES]

        area = "latency, commit to a Python consumer"
        for rate in (100, 1000, 10_000):
            for label, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
                yield row(area, f"{rate:,} events/s, {label}", "ms", value(rate, share))
        yield row(area, f"first event after {plan.idle} s of idleness", "ms", value("idle", 1.0), limit=25)
        yield row(area, "idle: ticker and server's processes", "% core", [results[side][2] for side in SIDES])

        area = f"a transaction held open for {15 if plan.quick else 180} s, 1,000 events/s"
        results = {side: held(cluster, plan, side) for side in SIDES}
        for label, share in (("p50", 0.5), ("p99", 0.99)):
            yield row(area, f"latency in the last 5 s, {label}", "ms",
                      [delays(results[side][0], results[side][1], share) for side in SIDES])
        yield row(area, "dead tuples in tables of events", "rows", [float(results[side][2]) for side in SIDES], limit=0)
    finally:
        jobs.let_autovacuum_run(cluster, False)


def row(area, case, unit, values, limit=None):
    return Row(area, case, unit, values[0], {NAMES["pgq"]: values[1], NAMES["jobs"]: values[2]}, limit=limit,
               high_is_good=False,
               note="The same consumer for all, in Python; PgQ's and the table's poll every 10 ms. 10,000 events/s are 1,000 "
                    "transactions of 10 events. Autovacuum runs, naptime 1 s.")
