"""What was measured on what."""
import os
import platform
import subprocess
import time

from .cluster import SETTINGS

METHOD = """# Trunkline next to its rivals

Written by `make bench`; not edited by hand. Ratio = Trunkline / rival. A result that misses its goal stays in the table.

## Method

- Both sides run in the same run, on the same private servers with the same settings, in turns (each repetition in the other
  order); a number is the median of the repetitions.
- `overhead` is the time with capture minus the time of the same statement on the same table without a trigger.
- How each row is measured: `Benchmarks/README.md`.
"""


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "not installed"


def package(name):
    version = output("dpkg-query", "-W", "-f", "${Version}", name)
    return f"{name} {version}"


def describe(cluster):
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1024 / 1024
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/etc/os-release") as file:
        system = next((line.split("=")[1].strip().strip('"') for line in file if line.startswith("PRETTY_NAME")), "Linux")
    version = cluster.execute("postgres", "show server_version")[0][0]
    return [
        f"Date: {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}",
        f"Machine: {os.cpu_count()} cores ({model}), {memory:.0f} GB of memory, {system}, Linux {platform.release()}",
        f"PostgreSQL {version}; " + ", ".join(f"{key} = {value}" for key, value in SETTINGS.items())
        + "; the rest as shipped (fsync, synchronous_commit, full_page_writes, jit on)",
        "Rivals: " + ", ".join(package(name) for name in (
            "postgresql-15-pgq3", "pgqd", "python3-pgq", "python3-skytools", "python3-londiste", "slony1-2-bin", "pgcopydb")),
    ]


def document(shape, table, minutes, plan):
    mode = "quick" if plan.quick else "full"
    return (METHOD + "\n## This run\n\n" + "\n".join(f"- {line}" for line in shape)
            + f"\n- Mode: {mode}, {plan.repetitions} repetitions (replication and copies: {1 if plan.quick else 3}), {minutes:.1f} minutes\n\n## Results\n\n" + table)
