"""Measure speed and memory: python -m bench [--tickets 10000,100000] [--seconds 5] [--json FILE]

Everything happens in a private installation with the sample office and generated tickets, on this machine, one thing
after the other; docs/developing/benchmarks.md says what the figures mean.
"""

import argparse
import json
import os
import platform
import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.generator import SOURCE, Generator, midnight
from bench.measures import Bench, Row
from bench.product import Load, Product, installed

IMPORT_TARGET = 2000  # tickets a second
MEMORY_TARGET_MIB = 160  # of all web processes together
MOST_BUSY = 0.15  # of the machine, before we begin


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    report: dict[str, Any] = {"machine": machine(), "bare": [], "sizes": []}
    say_machine(report["machine"])
    with installed(options.data) as product, loading() as load:
        bench = Bench(
            product,
            load,
            connections=options.connections,
            seconds=options.seconds,
            visitors=max(2, round(options.seconds * 20)),
        )
        with product.serving(bare=True) as web:
            report["bare"] = table("The server with nothing behind it", bench.bare(web))
        so_far = generated(product)
        for count in options.tickets:
            size = {"tickets": count, "import": fill(product, so_far, count), "roll_up_seconds": roll_up(product)}
            so_far = count
            settle(product)
            with product.serving() as web:
                size["pages"] = table(f"Pages with {count} tickets", bench.pages(web))
                size["form"] = table(f"The form with {count} tickets, {bench.visitors} visitors", form(bench, web))
                size["memory"] = web.memory()
            say_memory(size["memory"])
            report["sizes"].append(size)
    say_growth(report["sizes"])
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--tickets", type=sizes, default=[10_000, 100_000], help="sizes, such as 10000,100000")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each page is asked for")
    parser.add_argument("--connections", type=int, default=4, help="how many ask at the same time")
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("--data", type=Path, help="directory of an installation to use and keep")
    return parser.parse_args()


def sizes(text: str) -> list[int]:
    """Read increasing numbers with commas between them."""
    return sorted({int(word) for word in text.split(",")})


@contextmanager
def loading() -> Iterator[Load]:
    load = Load()
    try:
        yield load
    finally:
        load.stop()


# --- Before ---------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3, 1),
        "load": [round(load, 2) for load in os.getloadavg()],
        "busy": psutil.cpu_percent(2.0) / 100,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def say_machine(machine: dict[str, Any]) -> None:
    print(
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}, {machine['system']}; "
        f"load {machine['load'][0]}, {machine['busy']:.0%} busy before we begin"
    )
    if machine["busy"] > MOST_BUSY:
        print("WARNING: this machine is doing something else; times are too long and CPU is dearer than it is.")


def generated(product: Product) -> int:
    """Return how many generated tickets the installation already has."""
    with psycopg.connect(product.installation.database_url()) as connection:
        row = connection.execute("SELECT count(*) FROM tickets_ticket WHERE source = %s", [SOURCE]).fetchone()
    return row[0] if row else 0


def fill(product: Product, so_far: int, count: int) -> dict[str, float]:
    """Bring the installation from `so_far` to `count` tickets, as an operator would."""
    path = product.installation.data_directory / "tickets.jsonl"
    begun = time.monotonic()
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in Generator(midnight()).lines(so_far, count))
    made = time.monotonic()
    said = product.run("import-tickets", str(path), "--source", SOURCE)
    done = time.monotonic()
    path.unlink()
    per_second = float(re.findall(r"(\d+) tickets/s", said)[-1])
    print(
        f"\n{count - so_far} tickets made in {made - begun:.1f} s and imported in {done - made:.1f} s with the start of"
    )
    print(f"the command, {per_second:.0f} tickets/s without; the target is {IMPORT_TARGET}")
    return {"made_seconds": made - begun, "seconds": done - made, "per_second": per_second}


def roll_up(product: Product) -> float:
    """Compute the figures of every day that got tickets."""
    begun = time.monotonic()
    said = product.run("roll_up").strip()
    spent = time.monotonic() - begun
    print(f"roll-ups: {said.splitlines()[-1]} in {spent:.1f} s")
    return spent


def settle(product: Product) -> None:
    """Do what the database would do by itself minutes later, so that it does not do it while we measure."""
    with psycopg.connect(product.installation.postgres.url("superuser", "mostrador"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


# --- After ----------------------------------------------------------------------------------------------


def form(bench: Bench, web: Any) -> Iterator[Row]:
    """Return the lines of the form, and one for all of it."""
    rows = []
    for row in bench.form(web):
        rows.append(row)
        yield row
    yield Row(
        name="the whole form",
        requests=sum(row.requests for row in rows),
        per_second=1 / sum(1 / row.per_second for row in rows),
        p50=sum(row.p50 for row in rows),
        p95=sum(row.p95 for row in rows),
        cpu_web=sum(row.cpu_web for row in rows),
        cpu_database=sum(row.cpu_database for row in rows),
        bytes=sum(row.bytes for row in rows),
        target=None,
    )


def table(title: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Print the lines as they come and return them for the file."""
    print(f"\n{title}")
    print(f"{'':24}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'web':>8}{'database':>10}{'bytes':>9}  target")
    written = []
    for row in rows:
        target = "" if row.target is None else f"{'MISSES' if row.misses else 'keeps'} {row.target:g}"
        print(
            f"{row.name:24}{row.per_second:8.0f}{row.p50:9.2f}{row.p95:9.2f}{row.cpu:9.2f}{row.cpu_web:8.2f}"
            f"{row.cpu_database:10.2f}{row.bytes:9}  {target}",
            flush=True,
        )
        written.append(row.as_json())
    return written


def say_memory(memory: dict[str, float]) -> None:
    verdict = "MISSES" if memory["pss_mib"] > MEMORY_TARGET_MIB else "keeps"
    print(
        f"\nWeb processes: {memory['pss_mib']:.0f} MiB PSS in {memory['processes']} processes "
        f"({memory['uss_mib']:.0f} MiB not shared); {verdict} {MEMORY_TARGET_MIB}"
    )


def say_growth(measured: list[dict[str, Any]]) -> None:
    """Say how the same page changed from the smallest to the largest database."""
    if len(measured) < 2:
        return
    small, large = measured[0], measured[-1]
    print(f"\nFrom {small['tickets']} to {large['tickets']} tickets, CPU changes by")
    for before, after in zip(small["pages"] + small["form"], large["pages"] + large["form"], strict=True):
        print(f"  {before['name']:24}{after['cpu'] / before['cpu']:6.2f} ×")


if __name__ == "__main__":
    main()
