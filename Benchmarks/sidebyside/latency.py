"""How long an event takes from its commit to the consumer, and what waiting for events costs."""
import os
import signal
import subprocess
import sys
import tempfile
import time

from . import systems
from .measuring import cpu_seconds, percentile
from .report import Row

READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rival_reader.py")
# pgqd and python3-pgq poll; these are the shortest periods that do not load the machine by themselves.
PERIOD = 0.01
AREA = "queue latency, commit to consumer"


def produce(cursor, rate, count):
    """Inserts events at a steady rate; returns the moment at which the client knew of each commit, by event id."""
    commits = {}
    due = time.monotonic()
    for _ in range(count):
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        cursor.execute("select pgq.insert_event('bench', 'type', %s)", ("x" * 100,))
        commits[cursor.fetchone()[0]] = time.monotonic()
        due += 1 / rate
    return commits


def start(cluster, plan, side, database, events, directory):
    """Starts a ticker and a consumer that listens for `events` events."""
    cluster.execute(database, "select pgq.register_consumer('bench', 'reader')")
    log = open(f"{directory}/{side}.log", "w")
    if side == "trunkline":
        ticker = [f"{plan.program}/trunkline", "ticker", "--db", cluster.conninfo(database)]
        consumer = [f"{plan.program}/trunkline-bench", "listen", cluster.conninfo(database), "bench", "reader",
                    str(events)]
    else:
        cluster.execute(database, f"update pgq.queue set queue_ticker_max_count = 1, queue_ticker_max_lag = '{PERIOD} s'")
        with open(f"{directory}/pgqd.ini", "w") as config:
            config.write(f"[pgqd]\nsyslog = 0\ndatabase_list = {database}\nticker_period = {PERIOD}\n"
                         f"base_connstr = host={cluster.directory} port={cluster.port} user=postgres\n")
        ticker = ["pgqd", f"{directory}/pgqd.ini"]
        consumer = [sys.executable, READER, "listen", cluster.conninfo(database), str(events), str(PERIOD)]
    processes = [subprocess.Popen(ticker, stdout=log, stderr=log),
                 subprocess.Popen(consumer, stdout=subprocess.PIPE, text=True)]
    processes[1].stdout.readline()  # "ready"
    time.sleep(2)
    return processes


def backend_cpu(cluster, database):
    """CPU time of the server's processes that work for the database."""
    pids = cluster.execute("postgres", "select pid from pg_stat_activity where datname = %s", database)
    return sum(cpu_seconds(pid) for (pid,) in pids)


def measure(cluster, plan, side, database):
    loads = {100: 100 * (3 if plan.quick else 10), 1000: 1000 * (5 if plan.quick else 20)}
    warm = 200
    with tempfile.TemporaryDirectory(prefix="tlbench-") as directory:
        os.chmod(directory, 0o755)
        processes = start(cluster, plan, side, database, warm + sum(loads.values()) + 1, directory)
        ticker, consumer = processes
        try:
            connection = cluster.connect(database)
            cursor = connection.cursor()
            produce(cursor, 200, warm)
            commits = {rate: produce(cursor, rate, count) for rate, count in loads.items()}
            time.sleep(2)
            used = cpu_seconds(ticker.pid), backend_cpu(cluster, database)
            time.sleep(plan.idle)
            idle = ((cpu_seconds(ticker.pid) - used[0]) / plan.idle * 100,
                    (backend_cpu(cluster, database) - used[1]) / plan.idle * 100)
            commits["idle"] = produce(cursor, 1, 1)
            output = consumer.communicate(timeout=60)[0]
            connection.close()
        finally:
            for process in processes:
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    try:
                        process.wait(5)
                    except subprocess.TimeoutExpired:
                        process.kill()
    arrivals = {int(line.split()[0]): float(line.split()[1]) for line in output.splitlines() if line}
    delays = {load: [(arrivals[event] - moment) * 1000 for event, moment in times.items()]
              for load, times in commits.items()}
    return delays, idle


def run(cluster, plan):
    systems.install_trunkline(cluster, "latency_trunkline")
    systems.install_pgq(cluster, "latency_pgq")
    (ours, idle), (theirs, their_idle) = (
        measure(cluster, plan, side, f"latency_{side}") for side in ("trunkline", "pgq"))
    rival = "pgqd + python3-pgq"
    note = (f"pgqd with ticker_period = {PERIOD}, queue with ticker_max_count = 1 and ticker_max_lag = {PERIOD} s, consumer "
            f"with loop_delay = {PERIOD}; Trunkline with its defaults. A latency below 0 means that the consumer had the event "
            "before the producer's client knew of its commit.")
    for rate in (1000, 100):
        limits = {"p50": 5, "p99": 10} if rate == 1000 else {}
        for label, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
            yield Row(AREA, f"{rate:,} events/s, {label}", "ms", percentile(ours[rate], share),
                      {rival: percentile(theirs[rate], share)}, limit=limits.get(label), high_is_good=False, note=note)
    yield Row(AREA, f"first event after {plan.idle} s of idleness", "ms", ours["idle"][0], {rival: theirs["idle"][0]},
              limit=25, high_is_good=False)
    yield Row(AREA, "idle ticker process", "% core", idle[0], {rival: their_idle[0]}, limit=1, high_is_good=False)
    yield Row(AREA, "server's processes while idle (ticker and consumer)", "% core", idle[1], {rival: their_idle[1]},
              high_is_good=False)
