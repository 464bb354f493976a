"""Measure the search of the help centre: python -m bench.search [--articles 60,1000,10000] [--seconds 5]

In a private installation with the sample office and generated articles in five languages; two clients ask at the same
time. Half of an article's sentences are the sample's, the other half words of which a few are frequent and most are
rare, as in any language.
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

from bench.product import REPOSITORY, Product, installed

CLIENTS = 2
TARGETS = {"search": 25.0, "suggest": 15.0}  # ms, for 95 of 100
TARGET_GROWTH = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", default="60,1000,10000", help="sizes, such as 60,1000,10000")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long is asked for each line")
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("--data", type=Path, help="directory with the sample alone, to use and keep")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with installed(options.data) as product:
        os.environ["DATABASE_URL"] = product.installation.database_url()
        so_far = 0
        for size in sorted(int(word) for word in options.articles.split(",")):
            begun = time.monotonic()
            _child("fill", str(so_far), str(size))
            so_far = size
            _settle(product)
            print(
                f"{size} articles in five languages written and indexed in {time.monotonic() - begun:.0f} s", flush=True
            )
            for way in TARGETS:
                rows.append({"articles": size, "way": way} | _asked(way, options.seconds))
                _say(rows[-1])
    _say_growth(rows)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _asked(way: str, seconds: float) -> dict[str, Any]:
    """Have the clients ask at the same time; return their times together."""
    clients = [_start("ask", way, str(seconds), str(number)) for number in range(CLIENTS)]
    said = [json.loads(client.communicate()[0]) for client in clients]
    times = sorted(spent for each in said for spent in each["ms"])
    cuts = quantiles(times, n=20)
    return {
        "asked": len(times),
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
        "cpu_ms": round(sum(each["cpu_ms"] for each in said) / CLIENTS, 1),
        "queries": round(sum(each["queries"] for each in said) / CLIENTS, 1),
    }


def _settle(product: Product) -> None:
    """Do what the database would do by itself minutes later, so that it does not do it while we measure."""
    with psycopg.connect(product.installation.postgres.url("superuser", "mostrador"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _say(row: dict[str, Any]) -> None:
    print(
        f"{row['articles']:>6} {row['way']:8} {row['asked']:>6} asked  p50 {row['p50_ms']:>6} ms  "
        f"p95 {row['p95_ms']:>6} ms (target {TARGETS[row['way']]})  "
        f"CPU {row['cpu_ms']:>5} ms  {row['queries']} queries",
        flush=True,
    )


def _say_growth(rows: list[dict[str, Any]]) -> None:
    for way in TARGETS:
        times = [row["cpu_ms"] for row in rows if row["way"] == way]
        print(
            f"{way}: {times[-1] / times[0]:.2f} times the CPU with the most articles as with the fewest "
            f"(target {TARGET_GROWTH})"
        )


def _start(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.search_work", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)


def _child(*words: str) -> None:
    process = _start(*words)
    process.communicate()
    if process.returncode:
        raise RuntimeError(f"{words} failed")


if __name__ == "__main__":
    main()
