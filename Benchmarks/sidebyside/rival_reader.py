"""Reads a queue with python3-pgq, in a process of its own: rival_reader.py read|listen DSN COUNT [LOOP_DELAY]"""
import sys
import tempfile
import time

import pgq
import psycopg2


class Reader(pgq.Consumer):
    """Stops after COUNT events."""
    arrivals = []
    listening = False
    seen = 0
    size = 0
    wanted = 0

    def process_batch(self, db, batch_id, event_list):
        clock = time.monotonic
        if self.listening:
            for event in event_list:
                self.arrivals.append((event.ev_id, clock()))
                self.seen += 1
        else:
            for event in event_list:
                self.seen += 1
                self.size += len(event.ev_type) + len(event.ev_data)
        if self.seen >= self.wanted:
            self.stop()


def main():
    mode, dsn, count = sys.argv[1:4]
    Reader.wanted = int(count)
    Reader.listening = mode == "listen"
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as config:
        config.write(f"""[reader]
job_name = reader
db = {dsn}
queue_name = bench
pidfile =
use_skylog = 0
logfile =
loop_delay = {sys.argv[4] if len(sys.argv) > 4 else '1'}
pgq_lazy_fetch = {2000 if mode == 'read' else 0}
""")
        config.flush()
        reader = Reader("reader", "db", ["-q", config.name])
        if mode == "listen":
            connection = psycopg2.connect(dsn)
            connection.close()
            print("ready", flush=True)
        begin = time.monotonic()
        reader.start()
        if mode == "listen":
            for event, moment in Reader.arrivals:
                print(event, moment)
        else:
            print(time.monotonic() - begin, reader.seen, reader.size)


if __name__ == "__main__":
    main()
