"""The queue that people write themselves, as well as it can be written: one table, FOR UPDATE SKIP LOCKED, events taken in batches
by DELETE ... RETURNING in the transaction of the work, a partial index over what is ready, and autovacuum that never waits."""
SCHEMA = """
    create table job (
        id      bigint generated always as identity,
        ready   bool not null default true,
        type    text not null,
        payload text not null
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
            autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
    create index job_ready on job (id) where ready;
"""
INSERT = "insert into job (type, payload) values ('type', {data})"
TAKE = """
    with taken as materialized (
        select id from job where ready order by id limit {limit} for update skip locked)
    delete from job using taken where job.id = taken.id and job.ready
    returning job.id, job.type, job.payload
"""


def install(cluster, database):
    cluster.create_database(database)
    cluster.script(database, SCHEMA)


def let_autovacuum_run(cluster, on):
    """It is off where nothing is measured that it would help."""
    for setting in (f"autovacuum = {'on' if on else 'off'}", "autovacuum_naptime = '1s'"):
        cluster.execute("postgres", f"alter system set {setting}")
    cluster.execute("postgres", "select pg_reload_conf()")
