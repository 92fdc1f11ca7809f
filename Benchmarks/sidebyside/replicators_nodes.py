"""Our nodes: a root, and a leaf or a branch of it."""
import os
import subprocess

from . import systems
from .replicators import Replicator


class Leaf(Replicator):
    name = "trunkline leaf"
    database = "repl_leaf"
    kind = "leaf"

    def setup(self, sql):
        for cluster in (self.source, self.target):
            cluster.create_database(self.database)
            cluster.script(self.database, systems.trunkline_sql())
        self.make_tables(sql)
        root, node = (cluster.conninfo(self.database) for cluster in (self.source, self.target))
        self.trunkline("node", "create-root", "--db", root, "--queue", self.queue, "root")
        self.trunkline("node", f"create-{self.kind}", "--db", node, "--queue", self.queue, "node", "--provider", root)
        self.begin_ticking()
        with open(os.path.join(self.directory, "log"), "w") as log:
            self.process = subprocess.Popen(
                [f"{self.program}/trunkline", "replicate", "--db", node, "--queue", self.queue], stdout=log, stderr=log)
        self.trunkline("table", "add", "--db", root, "--queue", self.queue, *self.tables)
        self.trunkline("node", "wait", "--db", node, "--queue", self.queue)
        self.trunkline("table", "add", "--db", node, "--queue", self.queue, *self.tables, "--expect-sync")
        self.end_ticking()

    def trunkline(self, *arguments):
        done = subprocess.run([f"{self.program}/trunkline", *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"trunkline {' '.join(arguments)}: {done.stderr}")


class Branch(Leaf):
    name = "trunkline branch"
    database = "repl_branch"
    kind = "branch"
