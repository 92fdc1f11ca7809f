"""A private PostgreSQL server: its own data directory, a Unix socket, no TCP."""
import os
import pwd
import shutil
import subprocess
import tempfile

import psycopg2

BINARIES = os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin")

# The same for every system that is measured; everything not named here is the server's default, so fsync,
# synchronous_commit, full_page_writes and jit are on.
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "wal_level": "logical",
    "max_connections": "100",
    "max_replication_slots": "20",
    "max_wal_senders": "20",
    "autovacuum": "off",
    "max_prepared_transactions": "10",
    "wal_retrieve_retry_interval": "20ms",  # so that an enabled subscription starts at once
}


class Cluster:
    def __init__(self, name, port):
        self.name = name
        self.port = port
        self.directory = tempfile.mkdtemp(prefix=f"tlbench-{name}-", dir=os.environ.get("BENCH_DIR", "/tmp"))
        self.data = os.path.join(self.directory, "data")

    def _server(self, *command):
        """Runs a server program; the server refuses to run as root."""
        if os.geteuid() == 0:
            command = ("runuser", "-u", "postgres", "--") + command
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.directory)

    def start(self):
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        self._server(f"{BINARIES}/initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                     "--locale=C")
        with open(os.path.join(self.data, "postgresql.conf"), "a") as conf:
            for key, value in SETTINGS.items():
                conf.write(f"{key} = '{value}'\n")
            conf.write(f"listen_addresses = ''\nport = {self.port}\nunix_socket_directories = '{self.directory}'\n"
                       "unix_socket_permissions = 0777\n")
        os.chmod(self.directory, 0o755)
        self._server(f"{BINARIES}/pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.directory, "log"), "start")
        return self

    def stop(self):
        try:
            self._server(f"{BINARIES}/pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        if any(error) and os.environ.get("BENCH_KEEP"):
            print(f"left running: {self.conninfo('postgres')}")
        else:
            self.stop()

    def conninfo(self, database):
        return f"host={self.directory} port={self.port} user=postgres dbname={database}"

    def environment(self, database, **more):
        return dict(os.environ, PGHOST=self.directory, PGPORT=str(self.port), PGUSER="postgres",
                    PGDATABASE=database, **more)

    def connect(self, database, autocommit=True):
        connection = psycopg2.connect(self.conninfo(database))
        connection.autocommit = autocommit
        return connection

    def execute(self, database, sql, *parameters):
        """Runs a statement; returns its rows, or None if it has none."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters or None)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def script(self, database, sql):
        """Runs SQL through psql in one transaction."""
        subprocess.run(["psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"], input=sql, text=True, check=True,
                       env=self.environment(database, PGOPTIONS="-c client_min_messages=warning"))

    def create_database(self, name):
        self.execute("postgres", f"drop database if exists {name} with (force)")
        self.execute("postgres", f"create database {name}")

    def psql(self, database, *arguments, **options):
        return subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", *arguments], check=True,
                              env=self.environment(database), **options)
