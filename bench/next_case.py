"""Measure "next case": python -m bench.next_case [--tickets 10000,100000] [--agents 50] [--rounds 5]

In a private installation with the sample office and generated tickets; the team of the diputación is given the agents.
All of them ask at the same moment, as often as there are rounds (`at once`), and then each by themselves, with pauses
(`paced`). Shown are the times of the statement that finds and locks the ticket and of the whole act with its audit
line, how many queries an act needs, and the nodes of the plan that read tickets.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from bench.__main__ import fill
from bench.product import REPOSITORY, Product, installed

TARGET_MS = 15.0  # for 95 of 100
WORKERS = 2  # processes that ask, as the web's


def main() -> None:
    options = arguments()
    rows: list[dict[str, Any]] = []
    with installed() as product:
        os.environ["DATABASE_URL"] = product.installation.database_url()
        so_far = 0
        for size in sorted(int(word) for word in options.tickets.split(",")):
            fill(product, so_far, size)
            so_far = size
            for way in ("at once", "paced"):
                _child("prepare", str(options.agents))
                _settle(product)
                rows += [{"tickets": size} | row for row in _asked(way, options)]
            for row in rows[-4:]:
                _say(row)
            print(f"{'':>8} plan: {_plan(product)}", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.next_case", description=__doc__.partition("\n")[0])
    parser.add_argument("--tickets", default="10000,100000", help="sizes, such as 10000,1000000")
    parser.add_argument("--agents", type=int, default=50, help="how many ask")
    parser.add_argument("--rounds", type=int, default=5, help="how often each of them asks")
    parser.add_argument("--json", help="file to write the figures to")
    return parser.parse_args()


def _asked(way: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    share = options.agents // WORKERS
    start = str(time.time() + 10)
    plan = [(str(number * share), str(share), str(options.rounds), start) for number in range(WORKERS)]
    workers = [_start("ask", way, *words) for words in plan]
    said = [json.loads(worker.communicate()[0]) for worker in workers]
    given = [key for each in said for key in each["given"]]
    if len(given) != len(set(given)):
        raise RuntimeError("two agents got the same ticket")
    return [_row(way, what, [spent for each in said for spent in each[what]], said) for what in ("statement", "act")]


def _row(way: str, what: str, times: list[float], said: list[dict[str, Any]]) -> dict[str, Any]:
    cuts = quantiles(times, n=20)
    queries = 1 if what == "statement" else max(each["queries"] for each in said)
    return {
        "way": way,
        "what": what,
        "asked": len(times),
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
        "queries": queries,
    }


def _say(row: dict[str, Any]) -> None:
    print(
        f"{row['tickets']:>8} {row['way']:8} {row['what']:10} {row['asked']:>5} asked  p50 {row['p50_ms']:>6} ms  "
        f"p95 {row['p95_ms']:>6} ms (target {TARGET_MS})  {row['queries']} queries",
        flush=True,
    )


def _settle(product: Product) -> None:
    with psycopg.connect(product.installation.postgres.url("superuser", "mostrador"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _plan(product: Product) -> str:
    """Return the nodes of the plan that read tickets, and how many rows each brought."""
    return _start("plan").communicate()[0].strip()


def _start(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.next_case_work", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)


def _child(*words: str) -> None:
    process = _start(*words)
    process.communicate()
    if process.returncode:
        raise RuntimeError(f"{words} failed")


if __name__ == "__main__":
    main()
