"""Takes events until it is told to end, in a process of its own: member.py trunkline|pgq|jobs DSN NAME BATCH PERIOD

Prints "ready", and at the end a line for each event: its id (of its data, for jobs) and the CLOCK_MONOTONIC seconds of its arrival.
Ends on SIGTERM."""
import select
import signal
import sys
import time

import psycopg2

import jobs

stopping = False


def stop(*_):
    global stopping
    stopping = True


def trunkline(cursor, name, batch):
    cursor.execute("select receipt, payload from trunkline.receive('bench', 'reader', %s, %s)", (batch, name))
    rows = cursor.fetchall()
    if rows:
        arrived = time.monotonic()
        cursor.execute("select trunkline.ack(%s)", (rows[0][0],))
        return [(row[1], arrived) for row in rows]
    return None


def pgq(cursor, name, batch):
    cursor.execute("select pgq.next_batch('bench', 'reader')")
    number = cursor.fetchone()[0]
    if number is None:
        return None
    cursor.execute("select ev_data from pgq.get_batch_events(%s)", (number,))
    rows = cursor.fetchall()
    arrived = time.monotonic()
    cursor.execute("select pgq.finish_batch(%s)", (number,))
    return [(row[0], arrived) for row in rows]


def plain(cursor, name, batch):
    cursor.execute(jobs.TAKE.format(limit=batch))
    rows = cursor.fetchall()
    arrived = time.monotonic()
    return [(row[2], arrived) for row in rows] or None


def main():
    side, dsn, name, batch, period = sys.argv[1:6]
    signal.signal(signal.SIGTERM, stop)
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    if side == "trunkline":
        cursor.execute("listen trunkline_tick")
    take = {"trunkline": trunkline, "pgq": pgq, "jobs": plain}[side]
    print("ready", flush=True)
    arrivals = []
    while not stopping:
        taken = take(cursor, None if name == "-" else name, int(batch))
        if taken is not None:
            arrivals += taken
        elif side == "trunkline":
            select.select([connection], [], [], 0.5)
            connection.poll()
            connection.notifies.clear()
        else:
            time.sleep(float(period))
    for data, moment in arrivals:
        print(data.split()[0], moment)


if __name__ == "__main__":
    main()
