"""Puts Trunkline or PgQ into a database."""
import glob
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMAS = ("pgq", "pgq_coop", "pgq_ext", "pgq_node", "londiste", "trunkline")


def trunkline_sql():
    files = []
    for schema in SCHEMAS:
        for part in ("structure", "functions", "triggers", "grants"):
            files += sorted(glob.glob(f"{ROOT}/Sources/DatabaseSchemas/SQL/{schema}/{part}/*.sql"))
    return "set check_function_bodies = off;\n" + "\n".join(open(file).read() for file in files)


def install_trunkline(cluster, database, queue="bench"):
    cluster.create_database(database)
    cluster.script(database, trunkline_sql())
    create_queue(cluster, database, queue)


def install_pgq(cluster, database, queue="bench"):
    cluster.create_database(database)
    cluster.execute(database, "create extension pgq")
    create_queue(cluster, database, queue)


def create_queue(cluster, database, queue):
    cluster.execute(database, "select pgq.create_queue(%s)", queue)


def empty_queues(cluster, database):
    """Throws the events away, so that no measurement depends on how many ran before it."""
    cluster.execute(database, """
        do $$ declare t text; begin
            for t in select c.oid::regclass from pg_class c
                     where c.relnamespace = 'pgq'::regnamespace and c.relkind = 'r' and c.relname ~ '^event_\\d+_\\d+$'
            loop execute 'truncate ' || t; end loop;
        end $$""")
