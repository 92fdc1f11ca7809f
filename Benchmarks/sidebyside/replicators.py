"""Three ways to keep the tables of one database in step with another's: ours, built-in logical replication, Londiste."""
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from . import systems


def end(process):
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


class Replicator:
    """Source and target databases of the same name on two servers, with the same tables."""
    queue = "bench"
    # session_replication_role under which a TRUNCATE of the source is not replicated
    silent_role = "local"

    def __init__(self, source, target, tables, program):
        self.source, self.target, self.tables, self.program = source, target, tables, program
        self.process = None
        self.directory = tempfile.mkdtemp(prefix="tlbench-")

    def make_tables(self, sql):
        for cluster in (self.source, self.target):
            cluster.script(self.database, sql)

    def hold(self):
        """Nothing that is written from now on arrives before release()."""

    def release(self):
        """Lets go of what was held."""
        self.source.execute(self.database, "select pgq.force_tick(%s)", self.queue)
        self.source.execute(self.database, "select pgq.ticker()")

    def ticker(self):
        """The command of the program that ticks while changes arrive steadily."""
        return [f"{self.program}/trunkline", "ticker", "--db", self.source.conninfo(self.database)]

    def begin_ticking(self):
        with open(os.path.join(self.directory, "ticker.log"), "w") as log:
            self.ticking = subprocess.Popen(self.ticker(), stdout=log, stderr=log)
        time.sleep(1)

    def end_ticking(self):
        end(self.ticking)

    def empty(self, table):
        self.source.script(self.database, f"set session_replication_role = {self.silent_role}; truncate {table}")
        self.target.script(self.database, f"set session_replication_role = replica; truncate {table}")

    def stop(self):
        if self.process:
            end(self.process)
        shutil.rmtree(self.directory, ignore_errors=True)


class Trunkline(Replicator):
    name = "trunkline"
    database = "repl_trunkline"

    def setup(self, sql):
        systems.install_trunkline(self.source, self.database)
        systems.install_trunkline(self.target, self.database)
        self.make_tables(sql)
        for table in self.tables:
            self.source.execute(self.database, "select trunkline.capture_add(%s::regclass, 'bench')", table)
        with open(os.path.join(self.directory, "log"), "w") as log:
            self.process = subprocess.Popen(
                [f"{self.program}/trunkline", "replicate", "--db", self.source.conninfo(self.database),
                 "--target", self.target.conninfo(self.database), "--queue", "bench"], stdout=log, stderr=log)
        while not self.source.execute(self.database, "select 1 from pgq.subscription"):
            time.sleep(0.05)


class Logical(Replicator):
    name = "logical"
    database = "repl_logical"

    def setup(self, sql):
        for cluster in (self.source, self.target):
            cluster.create_database(self.database)
        self.make_tables(sql)
        self.source.execute(self.database, "create publication bench for table " + ", ".join(self.tables)
                            + " with (publish = 'insert, update, delete')")
        self.target.execute(self.database, f"create subscription bench connection "
                            f"'{self.source.conninfo(self.database)}' publication bench with (copy_data = false)")

    def hold(self):
        self.target.execute(self.database, "alter subscription bench disable")
        while self.target.execute(self.database, "select 1 from pg_stat_subscription where pid is not null"):
            time.sleep(0.02)

    def release(self):
        self.target.execute(self.database, "alter subscription bench enable")

    def begin_ticking(self):
        """It follows the log."""

    def end_ticking(self):
        """Nothing ticks."""

    def stop(self):
        self.target.execute(self.database, "drop subscription bench")
        super().stop()


class Londiste(Replicator):
    name = "londiste"
    database = "repl_londiste"
    silent_role = "replica"

    def setup(self, sql):
        sides = {"root": self.source, "leaf": self.target}
        for side, cluster in sides.items():
            cluster.create_database(self.database)
            for extension in ("pgq", "pgq_node", "londiste"):
                cluster.execute(self.database, f"create extension {extension}")
            with open(f"{self.directory}/{side}.ini", "w") as config:
                config.write(f"[londiste]\njob_name = bench_{side}\ndb = {cluster.conninfo(self.database)}\n"
                             f"queue_name = bench\npidfile = {self.directory}/{side}.pid\n"
                             f"logfile = {self.directory}/{side}.log\nloop_delay = 0.05\nuse_skylog = 0\n")
        self.make_tables(sql)
        root, leaf = (cluster.conninfo(self.database) for cluster in sides.values())
        self.londiste("root", "create-root", "root", root)
        self.londiste("leaf", "create-leaf", "leaf", leaf, f"--provider={root}")
        ticking = threading.Event()

        def tick():
            while not ticking.wait(0.2):
                Replicator.release(self)
        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        self.londiste("root", "add-table", *self.tables)
        self.process = subprocess.Popen(self.command("leaf", "worker"), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        tables = "select count(*) from londiste.table_info"
        while self.target.execute(self.database, tables)[0][0] < len(self.tables):
            time.sleep(0.2)
        self.londiste("leaf", "add-table", *self.tables, "--expect-sync")
        time.sleep(1)
        ticking.set()
        ticker.join()

    def ticker(self):
        self.source.execute(self.database, "update pgq.queue set queue_ticker_max_count = 1, queue_ticker_max_lag = '50 ms'")
        with open(f"{self.directory}/pgqd.ini", "w") as config:
            config.write(f"[pgqd]\nsyslog = 0\ndatabase_list = {self.database}\nticker_period = 0.05\n"
                         f"base_connstr = host={self.source.directory} port={self.source.port} user=postgres\n")
        return ["pgqd", f"{self.directory}/pgqd.ini"]

    def command(self, side, *arguments):
        return ["/usr/bin/londiste", "-q", f"{self.directory}/{side}.ini", *arguments]

    def londiste(self, side, *arguments):
        subprocess.run(self.command(side, *arguments), check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
