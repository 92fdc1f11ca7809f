"""Clocks, medians and load."""
import os
import re
import statistics
import subprocess
import tempfile
import time


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """The smallest value that `share` (0...1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(len(ordered) * share + 0.999999) - 1))]


def interleaved(names, repetitions, measure):
    """Measures every name `repetitions` times, in turns and each time in the other order, after one run each that does
    not count. Returns the lists of results by name."""
    results = {name: [] for name in names}
    for repetition in range(repetitions):
        for name in (names if repetition % 2 == 0 else list(reversed(names))):
            results[name].append(measure(name))
    return results


def stopwatch(action):
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def pgbench(cluster, database, script, clients=1, mode="prepared", seconds=3, options="", transactions=None,
            rate=None):
    """Transactions per second of a pgbench script; `rate` limits them."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        length = ["-t", str(transactions)] if transactions else ["-T", str(seconds)]
        if rate:
            length += ["-R", str(rate)]
        output = subprocess.run(
            ["pgbench", "-n", "-M", mode, "-c", str(clients), "-j", str(min(clients, os.cpu_count() or 1)),
             "-f", file.name, *length],
            check=True, capture_output=True, text=True, env=cluster.environment(database, PGOPTIONS=options)).stdout
    return float(re.search(r"tps = ([\d.]+)", output).group(1))


def cpu_seconds(pid):
    """CPU time that a process has used, with its finished children."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
