#!/usr/bin/python3
"""Runs the side-by-side benchmarks: see README.md here."""
import argparse
import importlib
import os
import sys
import time
from dataclasses import dataclass

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from sidebyside import machine, report  # noqa: E402
from sidebyside.cluster import Cluster  # noqa: E402

AREAS = ["insert_event", "insert_many", "capture_bulk", "capture_single", "reading", "replication", "initial_copy", "latency",
         "end_to_end", "load_latency", "soak"]


@dataclass
class Plan:
    """How much to measure."""
    quick: bool
    repetitions: int
    seconds: float
    idle: float
    program: str


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements: under 4 minutes")
    parser.add_argument("--only", action="append", choices=AREAS, help="measure only this area (repeatable)")
    parser.add_argument("--program", default=".build-release/release", help="directory with the release build")
    parser.add_argument("--output", help="write the results here (default: RESULTS.md after a full run)")
    arguments = parser.parse_args()
    plan = Plan(arguments.quick, 3 if arguments.quick else 5, 1 if arguments.quick else 2,
                15 if arguments.quick else 60, os.path.abspath(arguments.program))

    begin = time.monotonic()
    load = os.getloadavg()
    rows = []
    with Cluster("a", 54871) as cluster, Cluster("b", 54872) as target:
        shape = machine.describe(cluster)
        for line in shape:
            print(line)
        for area in arguments.only or AREAS:
            module = importlib.import_module(f"sidebyside.{area}")
            title = None
            started = time.monotonic()
            servers = (cluster, plan, target) if area in ("replication", "initial_copy") else (cluster, plan)
            for row in module.run(*servers):
                if row.area != title:
                    title = row.area
                    print(f"\n{title}")
                print(report.plain(row), flush=True)
                rows.append(row)
            print(f"  ({time.monotonic() - started:.0f} s)")
    minutes = (time.monotonic() - begin) / 60
    print(f"\n{minutes:.1f} minutes; ratio = Trunkline / rival")
    shape.append(f"Load average of the machine: {load[0]:.1f} before, {os.getloadavg()[0]:.1f} after; "
                 "above 1 before the run, others were using it and the absolute numbers are too low")
    if not arguments.output and not arguments.only:
        name = "RESULTS-quick.md" if plan.quick else "RESULTS.md"
        arguments.output = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    if arguments.output:
        with open(arguments.output, "w") as file:
            file.write(machine.document(shape, report.markdown(rows), minutes, plan))
        print(f"written: {arguments.output}")


if __name__ == "__main__":
    main()
