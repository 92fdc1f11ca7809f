"""What is left in the tables after a while, and the memory of a consumer in a huge batch."""
import subprocess
import time

from . import jobs, reading, systems
from .load_latency import load
from .report import Row
from .sides import NAMES, Queue

SIZES = """
    select coalesce(max(pg_total_relation_size(oid)) filter (where relname ~ '^(event_\\d+_\\d+|job)$'), 0) / 1e6,
           coalesce(max(pg_total_relation_size(oid)) filter (where relname !~ '^(event_\\d+_\\d+|job)$'), 0) / 1e6
    from pg_class
    where relkind = 'r' and relnamespace in (select oid from pg_namespace where nspname in ('pgq', 'trunkline', 'public', 'pgq_coop'))
"""


def soak(cluster, plan, side):
    seconds = 20 if plan.quick else 600
    with Queue(cluster, plan, side, "soak", rotation="5 seconds") as queue:
        queue.start_members()
        load(cluster, queue, 1000, seconds, 1, 1)
        time.sleep(3)
        dead = queue.dead_tuples()
        events, others = cluster.execute(queue.database, SIZES)[0]
        queue.stop_members()
        return float(dead), float(events), float(others)


def memory(cluster, plan):
    """Peak memory of the library's consumer that reads one batch, in MB."""
    events = 500_000 if plan.quick else 5_000_000
    systems.install_trunkline(cluster, "memory_trunkline")
    reading.fill(cluster, "memory_trunkline", events)
    reader = subprocess.Popen([f"{plan.program}/trunkline-bench", "read", cluster.conninfo("memory_trunkline"), "bench",
                               "reader", str(events)], stdout=subprocess.PIPE, text=True)
    peak = 0
    while reader.poll() is None:
        try:
            with open(f"/proc/{reader.pid}/status") as status:
                peak = max([peak] + [int(line.split()[1]) for line in status if line.startswith("VmHWM")])
        except FileNotFoundError:
            pass
        time.sleep(0.02)
    words = reader.stdout.read().split()
    if reader.returncode or int(words[1]) != events:
        raise RuntimeError(f"the consumer read {words[1:2]} of {events} events")
    cluster.execute("postgres", "drop database memory_trunkline with (force)")
    return events, peak / 1000


def run(cluster, plan):
    jobs.let_autovacuum_run(cluster, True)
    try:
        results = [soak(cluster, plan, side) for side in ("trunkline", "pgq", "jobs")]
    finally:
        jobs.let_autovacuum_run(cluster, False)
    area = f"after {20 if plan.quick else 600} s of 1,000 events/s, rotation every 5 s"
    for place, case, unit, limit in ((0, "dead tuples in tables of events", "rows", 0),
                                     (1, "largest table of events, with indexes", "MB", None),
                                     (2, "largest other table, with indexes", "MB", None)):
        yield Row(area, case, unit, results[0][place],
                  {NAMES["pgq"]: results[1][place], NAMES["jobs"]: results[2][place]}, limit=limit, high_is_good=False)
    events, peak = memory(cluster, plan)
    yield Row("memory", f"consumer in a batch of {events:,} events", "MB", peak, limit=200, high_is_good=False)
