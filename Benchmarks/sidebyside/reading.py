"""One consumer that reads everything that is in a queue."""
import os
import subprocess
import sys

from . import systems
from .measuring import interleaved, median, stopwatch
from .report import Row

FILL = """
    select count(*) from (
        select pgq.insert_event('bench', 'type', rpad('event ' || i, 100, '.')) from generate_series(1, %s) i) x"""
READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rival_reader.py")


def fill(cluster, database, events):
    """Events in one batch for the consumer `reader`, which is new."""
    cluster.execute(database, "select pgq.register_consumer('bench', 'reader')")
    cluster.execute(database, FILL, events)
    cluster.execute(database, "update pgq.queue set queue_ticker_max_count = 1, queue_ticker_max_lag = '0'")
    cluster.execute(database, "select pgq.ticker()")
    cluster.execute(database, "vacuum analyze")


def rewind(cluster, database):
    """Puts the consumer back before the events."""
    cluster.execute(database, """
        update pgq.subscription set sub_batch = null, sub_next_tick = null,
            sub_last_tick = (select min(tick_id) from pgq.tick)""")


def run(cluster, plan):
    events = 100_000 if plan.quick else 500_000
    systems.install_trunkline(cluster, "read_trunkline")
    systems.install_pgq(cluster, "read_pgq")
    for database in ("read_trunkline", "read_pgq"):
        fill(cluster, database, events)

    def measure(side):
        if side == "copy":
            with open(os.devnull, "w") as nowhere:
                return stopwatch(lambda: cluster.psql(
                    "read_trunkline", "-c",
                    "copy (select ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3,"
                    " ev_extra4 from pgq.event_1_0) to stdout", stdout=nowhere))
        database = f"read_{side}"
        rewind(cluster, database)
        if side == "trunkline":
            command = [f"{plan.program}/trunkline-bench", "read", cluster.conninfo(database), "bench", "reader"]
        else:
            command = [sys.executable, READER, "read", cluster.conninfo(database)]
        output = subprocess.run(command + [str(events)], check=True, capture_output=True, text=True).stdout.split()
        if int(output[1]) != events:
            raise RuntimeError(f"{side} read {output[1]} of {events} events")
        return float(output[0])

    sides = ["trunkline", "copy", "pgq"]
    for side in sides:
        measure(side)
    result = {side: events / median(values) for side, values in interleaved(sides, plan.repetitions, measure).items()}
    yield Row("one consumer reading", f"{events // 1000} k events of 100 bytes, one batch", "events/s",
              result["trunkline"], {"psql COPY": result["copy"], "python3-pgq": result["pgq"]}, goal=0.7,
              goals={"python3-pgq": 5.0})
