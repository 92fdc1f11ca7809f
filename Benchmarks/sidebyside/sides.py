"""Trunkline, PgQ and the self-written table as queues with a ticker, producers and members."""
import os
import signal
import subprocess
import sys
import tempfile

from . import jobs, systems
from .measuring import percentile

MEMBER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "member.py")
PERIOD = 0.01
NAMES = {"pgq": "PgQ 3.5 + pgqd", "jobs": "SKIP LOCKED table"}


def insert_sql(side, parameter="%s"):
    return jobs.INSERT.format(data=parameter) if side == "jobs" else f"select pgq.insert_event('bench', 'type', {parameter})"


class Queue:
    """A fresh database with a queue of one of the sides, and the processes that serve it. The period of polling is the shortest that
    does not load the machine by itself."""

    def __init__(self, cluster, plan, side, name, members=1, batch=500, rotation=None):
        self.cluster, self.plan, self.side, self.database = cluster, plan, side, f"{name}_{side}"
        self.members, self.batch, self.rotation = members, batch, rotation
        self.ticker = None
        self.processes = []
        self.directory = None

    def __enter__(self):
        cluster, database = self.cluster, self.database
        self.directory = tempfile.TemporaryDirectory(prefix="tlbench-")
        os.chmod(self.directory.name, 0o755)
        log = open(f"{self.directory.name}/log", "w")
        if self.side == "jobs":
            jobs.install(cluster, database)
        else:
            (systems.install_trunkline if self.side == "trunkline" else systems.install_pgq)(cluster, database)
            if self.rotation:
                cluster.execute(database, "select pgq.set_queue_config('bench', 'rotation_period', %s)", self.rotation)
            cluster.execute(database, "select pgq.register_consumer('bench', 'reader')")
            self.ticker = subprocess.Popen(self.ticker_command(), stdout=log, stderr=log)
        return self

    def ticker_command(self):
        if self.side == "trunkline":
            maintenance = ["--maint-period", "2s"] if self.rotation else []
            return [f"{self.plan.program}/trunkline", "ticker", "--db", self.cluster.conninfo(self.database)] + maintenance
        self.cluster.execute(
            self.database, f"update pgq.queue set queue_ticker_max_count = 1, queue_ticker_max_lag = '{PERIOD} s'")
        config = f"{self.directory.name}/pgqd.ini"
        with open(config, "w") as file:
            file.write(f"[pgqd]\nsyslog = 0\ndatabase_list = {self.database}\nticker_period = {PERIOD}\n"
                       f"{'maint_period = 2' if self.rotation else ''}\n"
                       f"base_connstr = host={self.cluster.directory} port={self.cluster.port} user=postgres\n")
        return ["pgqd", config]

    def start_members(self):
        for number in range(self.members):
            name = f"m{number}" if self.members > 1 else "-"
            self.processes.append(subprocess.Popen(
                [sys.executable, "-B", MEMBER, self.side, self.cluster.conninfo(self.database), name, str(self.batch),
                 str(PERIOD)], stdout=subprocess.PIPE, text=True))
        for process in self.processes:
            process.stdout.readline()

    def stop_members(self):
        """Ends the members; returns when each event arrived, by its number."""
        arrivals = {}
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            output = process.communicate(timeout=120)[0]
            for line in output.splitlines():
                data, moment = line.split()
                arrivals[int(data)] = float(moment)
        self.processes = []
        return arrivals

    def is_drained(self, cursor, events):
        if self.side == "jobs":
            cursor.execute("select not exists (select from job)")
        else:
            # after the last event's tick every position is behind it, and nobody holds a batch
            cursor.execute("""
                select bool_and(coalesce(t.tick_event_seq, 0) >= %s) and count(s.sub_batch) = 0
                from pgq.subscription s left join pgq.tick t on t.tick_queue = s.sub_queue and t.tick_id = s.sub_last_tick
                where s.sub_last_tick is not null or s.sub_batch is not null""", (events,))
        return cursor.fetchone()[0]

    def dead_tuples(self):
        """In the tables that hold events."""
        pattern = "job" if self.side == "jobs" else r"event_\d+_\d+"
        return self.cluster.execute(self.database, f"""
            select pg_stat_clear_snapshot();
            select coalesce(sum(n_dead_tup), 0) from pg_stat_user_tables where relname ~ '^{pattern}$'""")[0][0]

    def __exit__(self, *error):
        for process in self.processes + ([self.ticker] if self.ticker else []):
            if process.poll() is None:
                process.send_signal(signal.SIGINT if process is self.ticker else signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
        self.directory.cleanup()
        self.cluster.execute("postgres", f"drop database if exists {self.database} with (force)")


def delays(commits, arrivals, share):
    """A percentile of the milliseconds between commit and arrival; events that did not arrive fail the run."""
    missing = [event for event in commits if event not in arrivals]
    if missing:
        raise RuntimeError(f"{len(missing)} events did not arrive")
    return percentile([(arrivals[event] - moment) * 1000 for event, moment in commits.items()], share)
