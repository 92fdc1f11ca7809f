"""Producers with a clock: load.py DSN SIDE RATE SECONDS SIZE FIRST inserts at that rate, SIZE events in a transaction, numbered from
FIRST; prints each number and the CLOCK_MONOTONIC seconds at which the commit was known."""
import sys
import time

import psycopg2

import jobs


def main():
    dsn, side = sys.argv[1:3]
    rate, seconds = float(sys.argv[3]), float(sys.argv[4])
    size, first = int(sys.argv[5]), int(sys.argv[6])
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    commits = []
    due = time.monotonic()
    number = first
    for _ in range(int(rate * seconds / size)):
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        data = [f"{number + i} ".ljust(100, "x") for i in range(size)]
        if side == "jobs":
            cursor.execute("insert into job (type, payload) select 'type', unnest(%s)", (data,))
        elif size == 1:
            cursor.execute("select pgq.insert_event('bench', 'type', %s)", (data[0],))
        else:
            cursor.execute("select count(pgq.insert_event('bench', 'type', d)) from unnest(%s) d", (data,))
        moment = time.monotonic()
        commits += [(number + i, moment) for i in range(size)]
        number += size
        due += size / rate
    for event, moment in commits:
        print(event, moment)


if __name__ == "__main__":
    main()
