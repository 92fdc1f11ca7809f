"""From the first insert to the last acknowledgement, with 1, 4 and 16 members that share the work."""
import subprocess
import sys
import time

from .report import Row
from .sides import NAMES, Queue

EVENTS = (20_000, 200_000)


def measure(cluster, plan, side, members):
    events = EVENTS[0] if plan.quick else EVENTS[1]
    with Queue(cluster, plan, side, "end", members) as queue:
        if side == "trunkline" and members > 1:
            for number in range(members):
                cluster.execute(queue.database, "select pgq_coop.register_subconsumer('bench', 'reader', %s)", f"m{number}")
        queue.start_members()
        connection = cluster.connect(queue.database)
        cursor = connection.cursor()
        load = __file__.replace("end_to_end.py", "load.py")
        begin = time.monotonic()
        subprocess.run([sys.executable, "-B", load, cluster.conninfo(queue.database), side, "1e9", str(events / 1e9),
                        "100", "1"], check=True, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while not queue.is_drained(cursor, events):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{side} with {members} members is not done after 120 s")
            time.sleep(0.005)
        taken = time.monotonic() - begin
        connection.close()
        arrivals = queue.stop_members()
        if len(arrivals) != events:
            raise RuntimeError(f"{side} with {members} members: {len(arrivals)} of {events} events arrived")
        return events / taken


def run(cluster, plan):
    for members in (1, 4, 16):
        sides = ["trunkline", "jobs"] + (["pgq"] if members == 1 else [])
        result = {side: measure(cluster, plan, side, members) for side in sides}
        yield Row("end to end, insert to acknowledgement", f"{members} member{'s' * (members > 1)}", "events/s",
                  result["trunkline"], {NAMES[side]: result[side] for side in sides[1:]},
                  note="One producer, 100 events in a transaction, while the members work; members are Python processes for all sides "
                       "and take up to 500 events at once. Debian's PgQ has no members (pgq_coop).")
