"""How fast a backlog reaches another database, and how late changes arrive under steady load."""
import random
import threading
import time

from .measuring import median, percentile, pgbench
from .replicators import Londiste, Logical, Trunkline
from .replicators_nodes import Branch, Leaf
from .replicators_slony import Slony
from .report import Row
from .workloads import MIXED, SCHEMA, TABLES, workloads

OURS = {Leaf.name: "leaf", Branch.name: "branch", Trunkline.name: "replicate --target"}
RIVALS = {Logical.name: "built-in logical", Londiste.name: "Londiste", Slony.name: "Slony-I"}
# transactions of 4 changes a second
RATE = 250


def arrival(replicator, mark, begin, limit=300):
    """Seconds from `begin` to the moment the row `mark` is visible in the target."""
    with replicator.target.connect(replicator.database) as connection, connection.cursor() as cursor:
        while True:
            cursor.execute("select 1 from marker where id = %s", (mark,))
            if cursor.fetchone():
                return time.monotonic() - begin
            if time.monotonic() - begin > limit:
                raise RuntimeError(f"{replicator.name}: the changes did not arrive within {limit} s")
            time.sleep(0.005)


def drain(replicator, load, marks):
    """Seconds from the moment the backlog may move to the moment its last transaction is visible in the target."""
    replicator.hold()
    load(replicator.source, replicator.database)
    mark = next(marks)
    replicator.source.execute(replicator.database, "insert into marker values (%s)", mark)
    begin = time.monotonic()
    replicator.release()
    return arrival(replicator, mark, begin)


def steady(replicator, seconds, marks):
    """Milliseconds from the moment the client knows of a commit in the source to the moment the row is visible in the target, while
    pgbench changes rows at a steady rate: of one row after another, with pauses of no fixed length."""
    source, target, database = replicator.source, replicator.target, replicator.database
    replicator.begin_ticking()
    lags = []
    load = threading.Thread(target=pgbench, args=(source, database, MIXED),
                            kwargs={"clients": 2, "seconds": seconds + 4, "rate": RATE})
    try:
        load.start()
        time.sleep(3)
        writer, reader = source.connect(database), target.connect(database)
        write, read = writer.cursor(), reader.cursor()
        pause = random.Random(1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            mark = next(marks)
            write.execute("insert into marker values (%s)", (mark,))
            sent = time.monotonic()
            while True:
                read.execute("select 1 from marker where id = %s", (mark,))
                if read.fetchone():
                    break
                if time.monotonic() - sent > 60:
                    raise RuntimeError(f"{replicator.name}: a row did not arrive within 60 s")
                time.sleep(0.001)
            lags.append((time.monotonic() - sent) * 1000)
            time.sleep(pause.uniform(0.01, 0.06))
        writer.close()
        reader.close()
    finally:
        load.join()
        mark = next(marks)
        source.execute(database, "insert into marker values (%s)", mark)
        arrival(replicator, mark, time.monotonic())
        replicator.end_ticking()
    return lags


def differences(replicator):
    """Tables whose contents differ."""
    found = []
    for table in TABLES:
        sql = f"select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) from {table} t"
        if replicator.source.execute(replicator.database, sql) != replicator.target.execute(replicator.database, sql):
            found.append(table)
    return found


def run(source, plan, target):
    replicators = [kind(source, target, TABLES, plan.program) for kind in (Leaf, Branch, Trunkline, Logical, Londiste, Slony)]
    marks = iter(range(1, 1_000_000))
    loads = workloads(plan.quick)
    try:
        for replicator in replicators:
            replicator.setup(SCHEMA)
            drain(replicator, lambda cluster, database: None, marks)
        rates = {}
        for repetition in range(1 if plan.quick else 3):
            for load in loads:
                for replicator in replicators if repetition % 2 == 0 else replicators[::-1]:
                    if load.empties:
                        replicator.empty(load.empties)
                    seconds = drain(replicator, load.run, marks)
                    rates.setdefault(load.name, {}).setdefault(replicator.name, []).append(load.changes / seconds)
        lags = {replicator.name: steady(replicator, 10 if plan.quick else 30, marks) for replicator in replicators}
        for replicator in replicators:
            for table in differences(replicator):
                raise RuntimeError(f"{replicator.name}: table {table} differs")
    finally:
        for replicator in replicators:
            replicator.stop()
    for load in loads:
        rate = {side: median(values) for side, values in rates[load.name].items()}
        for name, label in OURS.items():
            yield Row("replication, drain of a backlog", f"{load.name}: {label}", "rows/s", rate[name],
                      {label: rate[rival] for rival, label in RIVALS.items()}, goal=2.0, goals={"Londiste": 10.0})
    for share in (0.5, 0.99):
        for name, label in OURS.items():
            yield Row(f"replication, lag at {RATE * 4:,} changes/s", f"p{share * 100:g}: {label}", "ms",
                      percentile(lags[name], share), {label: percentile(lags[rival], share) for rival, label in RIVALS.items()},
                      high_is_good=False, note="Trunkline and built-in with their defaults; "
                      "pgqd every 50 ms and Londiste's loop_delay 50 ms instead of 1 s each; Slony with a SYNC every 50 ms instead of 2 s.")
