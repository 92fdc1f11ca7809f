"""How fast the tables of a database get into another one, with their indexes and keys."""
import shutil
import subprocess
import tempfile
import time

from . import systems
from .measuring import median
from .replicators import Londiste
from .report import Row

TABLES = ["pgbench_branches", "pgbench_tellers", "pgbench_accounts", "pgbench_history", "orders"]
SOURCE = "copy_source"
# The same with capture
CAPTURED = "copy_captured"
# pgbench's own tables, and one with more columns, indexes and a reference.
MORE = """
    alter table pgbench_history add column id bigserial primary key;
    create table orders (id bigint primary key, account int not null references pgbench_accounts, code text not null unique,
                         amount numeric, placed timestamptz, remark text);
    insert into orders select i, 1 + i %% (%(scale)s * 100000), 'code ' || i, i / 7.0, '2024-01-01'::timestamptz + i * interval '1 s',
        repeat('remark ', i %% 10) from generate_series(1, %(scale)s * 20000) i;
    create index orders_account on orders (account); create index orders_placed on orders (placed);
    create index accounts_bid on pgbench_accounts (bid);
"""


class Side:
    jobs = 2

    def __init__(self, source, target, program):
        self.source, self.target, self.program = source, target, program

    def prepare(self):
        """What is not measured."""
        self.target.create_database(self.database)

    def schema(self, database):
        """The tables of the source without rows."""
        dump = subprocess.run(["pg_dump", "--schema-only", "--no-owner", "--schema=public", "-d", self.source.conninfo(SOURCE)],
                              check=True, capture_output=True, text=True).stdout
        self.target.script(database, dump.replace("CREATE SCHEMA public;", ""))

    def run(self, *command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self):
        """What is left behind goes."""


class Trunkline(Side):
    name = "trunkline"
    database = "copy_trunkline"

    def prepare(self):
        systems.install_trunkline(self.target, self.database)
        self.schema(self.database)
        if not self.source.execute("postgres", "select 1 from pg_database where datname = %s", CAPTURED):
            self.source.execute("postgres", f"create database {CAPTURED} template {SOURCE}")
            self.source.script(CAPTURED, systems.trunkline_sql())
            systems.create_queue(self.source, CAPTURED, "bench")
            for table in TABLES:
                self.source.execute(CAPTURED, "select trunkline.capture_add(%s::regclass, 'bench')", table)

    def copy(self):
        self.run(f"{self.program}/trunkline", "replicate", "--db", self.source.conninfo(CAPTURED), "--target",
                 self.target.conninfo(self.database), "--queue", "bench", "--copy", "--once", "--jobs", str(self.jobs))


class PGCopyDB(Side):
    name = "pgcopydb"
    database = "copy_pgcopydb"

    def prepare(self):
        super().prepare()
        self.directory = tempfile.mkdtemp(prefix="tlbench-")

    def copy(self):
        self.run("pgcopydb", "clone", "--source", self.source.conninfo(SOURCE), "--target",
                 self.target.conninfo(self.database), "--table-jobs", str(self.jobs), "--index-jobs", str(self.jobs), "--no-owner",
                 "--no-acl", "--no-comments", "--split-tables-larger-than", "256MB", "--dir", f"{self.directory}/work")

    def finish(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class Dump(Side):
    name = "pg_dump"
    database = "copy_dump"

    def copy(self):
        with tempfile.TemporaryDirectory(prefix="tlbench-") as directory:
            self.run("pg_dump", "--schema=public", "--no-owner", "-Fd", "-Z0", f"-j{self.jobs}", "-f", f"{directory}/dump",
                     "-d", self.source.conninfo(SOURCE))
            # The schema is there already: its one error is no failure.
            subprocess.run(["pg_restore", "--no-owner", f"-j{self.jobs}", "-d", self.target.conninfo(self.database),
                            f"{directory}/dump"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.target.execute(self.database, "analyze")


class LondisteCopy(Side):
    name = "londiste"
    database = "repl_londiste"

    def prepare(self):
        self.londiste = Londiste(self.source, self.target, [], self.program)
        schema = subprocess.run(["pg_dump", "--no-owner", "--schema=public", "-d", self.source.conninfo(SOURCE)],
                                check=True, capture_output=True, text=True).stdout
        self.londiste.setup("select 1")
        self.source.script(self.database, schema.replace("CREATE SCHEMA public;", ""))
        self.schema(self.database)
        self.londiste.londiste("root", "add-table", *TABLES)

    def copy(self):
        for table in TABLES:
            self.londiste.londiste("leaf", "add-table", table)
        left = "select count(*) from londiste.table_info where local and merge_state is distinct from 'ok'"
        begin = time.monotonic()
        while self.target.execute(self.database, left)[0][0] > 0:
            if time.monotonic() - begin > 900:
                raise RuntimeError("londiste: the tables were not in sync within 900 s")
            self.londiste.release()
            time.sleep(0.1)

    def finish(self):
        self.londiste.stop()


def differences(side, source):
    for table in TABLES:
        sql = f"select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) from {table} t"
        if side.source.execute(source, sql) != side.target.execute(side.database, sql):
            yield table
    indexes = "select count(*) from pg_indexes where schemaname = 'public'"
    if side.source.execute(source, indexes) != side.target.execute(side.database, indexes):
        yield "indexes"


def make_source(source, scale):
    source.create_database(SOURCE)
    subprocess.run(["pgbench", "-i", "-q", "-s", str(scale), "--foreign-keys"], check=True, env=source.environment(SOURCE),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    source.script(SOURCE, MORE % {"scale": scale})
    source.execute(SOURCE, "vacuum analyze")


def run(source, plan, target):
    scale = 10 if plan.quick else 80
    make_source(source, scale)
    size = sum(source.execute(SOURCE, "select pg_table_size(%s::regclass)", table)[0][0] for table in TABLES)
    sides = [Trunkline(source, target, plan.program), PGCopyDB(source, target, plan.program),
             Dump(source, target, plan.program)]
    if shutil.which("londiste"):
        sides.append(LondisteCopy(source, target, plan.program))
    seconds = {}
    for repetition in range(1 if plan.quick else 3):
        for side in sides if repetition % 2 == 0 else sides[::-1]:
            side.prepare()
            try:
                begin = time.monotonic()
                side.copy()
                seconds.setdefault(side.name, []).append(time.monotonic() - begin)
                for what in differences(side, LondisteCopy.database if side.name == "londiste" else SOURCE):
                    raise RuntimeError(f"{side.name}: {what} differ")
            finally:
                side.finish()
    rate = {name: size / median(values) / 1e6 for name, values in seconds.items()}
    rivals = {"pgcopydb": rate["pgcopydb"], "pg_dump -j": rate["pg_dump"]}
    if "londiste" in rate:
        rivals["Londiste"] = rate["londiste"]
    yield Row("initial copy", f"{size / 1e6:,.0f} MB in 5 tables, {Side.jobs} jobs, with indexes and keys", "MB/s",
              rate["trunkline"], rivals, goal=1.0)
