"""Slony-I: a set of tables with one subscriber."""
import os
import signal
import subprocess
import time

from .replicators import Replicator, end

# Milliseconds between SYNC events instead of 2000; SYNCs that are applied together, at most.
SYNC, GROUP = 50, 1000


class Slony(Replicator):
    name = "slony"
    database = "repl_slony"
    # triggers of the origin fire for local sessions too
    silent_role = "replica"

    def setup(self, sql):
        for cluster in (self.source, self.target):
            cluster.create_database(self.database)
        self.make_tables(sql)
        origin, subscriber = (cluster.conninfo(self.database) for cluster in (self.source, self.target))
        self.nodes = f"cluster name = bench;\nnode 1 admin conninfo = '{origin}';\nnode 2 admin conninfo = '{subscriber}';\n"
        tables = "".join(f"set add table (set id = 1, origin = 1, id = {number}, fully qualified name = 'public.{table}');\n"
                         for number, table in enumerate(self.tables, 1))
        self.slonik(f"""
            init cluster (id = 1, comment = 'origin');
            store node (id = 2, comment = 'subscriber', event node = 1);
            store path (server = 1, client = 2, conninfo = '{origin}');
            store path (server = 2, client = 1, conninfo = '{subscriber}');
            create set (id = 1, origin = 1);
            {tables}""")
        self.process = self.slon("origin", origin)
        self.subscriber = self.slon("subscriber", subscriber)
        self.slonik("subscribe set (id = 1, provider = 1, receiver = 2, forward = no);\n")
        begin = time.monotonic()
        while not self.target.execute(self.database, "select 1 from _bench.sl_subscribe where sub_active"):
            if time.monotonic() - begin > 120:
                raise RuntimeError(f"slony: no subscription within 120 s, see {self.directory}")
            time.sleep(0.1)

    def slonik(self, script):
        done = subprocess.run(["slonik"], input=self.nodes + script, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"slonik: {done.stdout} {done.stderr}")

    def slon(self, name, conninfo):
        with open(os.path.join(self.directory, f"{name}.log"), "w") as log:
            return subprocess.Popen(["slon", "-d", "0", "-s", str(SYNC), "-t", "1000", "-g", str(GROUP), "-c", "0", "bench", conninfo],
                                    stdout=log, stderr=log, start_new_session=True)

    def hold(self):
        """Without the origin's daemon there are no SYNC events."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def release(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def begin_ticking(self):
        """Its daemon does."""

    def end_ticking(self):
        """Its daemon goes on."""

    def stop(self):
        if self.process:
            self.release()
        if hasattr(self, "subscriber"):
            end(self.subscriber)
        super().stop()
