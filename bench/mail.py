"""Measure mail that comes in: python -m bench.mail [--messages 2000] [--json FILE]

In a private installation with the sample office: messages as citizens write them (`bench.letters`) are received and
taken in, by the product's own workers and by processes that do both in turn; then one message of 50 MB. What people at
the desk see at the end is counted: a message that is missing ends the run.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench.__main__ import machine, say_machine, settle
from bench.letters import BLOCK, THREADS_PER_BLOCK, big
from bench.product import REPOSITORY, Product, cpu_seconds, installed

MESSAGES_PER_SECOND = 150
CPU_MS = 8
MEMORY_MIB = 150
WARM_UP = 200
PROCESSES = 2
SECONDS_TO_TAKE_IN = 600
BIG_BYTES = 50 * 1024 * 1024


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    report: dict[str, Any] = {"machine": machine(), "rows": [], "memory": []}
    say_machine(report["machine"])
    with installed(options.data) as product:
        os.environ |= product.installation.environment()
        mailbox = work("prepare")
        print(f"\n{'':46}{'msg/s':>8}{'CPU ms':>9}{'Python':>9}{'database':>10}{'tickets':>9}  target")
        for name, way in WAYS.items():
            settle(product)
            report["rows"].append(say_row(name, measured(product, way, options.messages, options.warm_up)))
        for row in memory(product, mailbox, options.big_mib * 1024 * 1024):
            report["memory"].append(row)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mail", description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=2000, help="how many are measured each time")
    parser.add_argument("--warm-up", type=int, default=WARM_UP, help="how many before that are not")
    parser.add_argument("--big-mib", type=int, default=BIG_BYTES // 1024**2, help="size of the large message")
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("--data", type=Path, help="directory of an installation to use and keep")
    return parser.parse_args()


# --- How many, and what each costs -----------------------------------------------------------------------


def measured(product: Product, way: "Way", count: int, warm_up: int) -> dict[str, Any]:
    """Let messages come in one way and check what the desk sees of them."""
    before = work("prepare")
    plan = {"mailbox": before["mailbox"], "run": f"r{time.time_ns()}", "warm_up": warm_up, "count": count}
    spent = way(product, plan, before["newest"])
    found = work("check", {"newest": before["newest"]})
    everything = warm_up + count
    wanted = dict.fromkeys(("received", "originals", "done", "messages"), everything)
    if {name: found[name] for name in wanted} != wanted:
        sys.exit(f"{everything} messages came in, and this is what is there: {found}")
    forget_jobs(product)
    threads = everything // BLOCK * THREADS_PER_BLOCK
    return spent | found | {"threads": threads}


def by_workers(product: Product, plan: dict[str, Any], newest: int) -> dict[str, Any]:
    """One process receives; the product's workers, one a core, take in. From the first message to the last ticket."""
    with ExitStack() as stack:
        workers = [stack.enter_context(worker()) for _ in range(PROCESSES)]
        receiver = stack.enter_context(started("receive", plan | {"share": 0, "shares": 1}))
        wait_for(product, newest, plan["warm_up"])
        begun, database = time.monotonic(), product.database_cpu()
        python = sum(cpu_seconds(each) for each in workers)
        received = go([receiver])
        wait_for(product, newest, plan["warm_up"] + plan["count"])
        seconds = time.monotonic() - begun
        python = sum(cpu_seconds(each) for each in workers) - python + received[0]["cpu"]
        database = product.database_cpu() - database
    return figures(plan["count"], seconds, python, database) | {"received_in": received[0]["seconds"]}


def in_turn(product: Product, plan: dict[str, Any], newest: int) -> dict[str, Any]:
    """Processes, one a core, receive a message and take it in, then the next; no job is fetched."""
    with ExitStack() as stack:
        plans = [plan | {"share": share, "shares": PROCESSES} for share in range(PROCESSES)]
        processes = [stack.enter_context(started("direct", each)) for each in plans]
        begun, database = time.monotonic(), product.database_cpu()
        done = go(processes)
        seconds = time.monotonic() - begun
        database = product.database_cpu() - database
    return figures(plan["count"], seconds, sum(each["cpu"] for each in done), database)


Way = Callable[[Product, dict[str, Any], int], dict[str, Any]]
WAYS: dict[str, Way] = {"received, taken in by workers": by_workers, "received and taken in in turn": in_turn}


def figures(count: int, seconds: float, python: float, database: float) -> dict[str, Any]:
    return {
        "count": count,
        "per_second": count / seconds,
        "cpu_python": python / count * 1000,
        "cpu_database": database / count * 1000,
        "cpu": (python + database) / count * 1000,
    }


def say_row(name: str, row: dict[str, Any]) -> dict[str, Any]:
    verdicts = (
        f"{'keeps' if row['per_second'] >= MESSAGES_PER_SECOND else 'MISSES'} {MESSAGES_PER_SECOND}/s",
        f"{'keeps' if row['cpu'] <= CPU_MS else 'MISSES'} {CPU_MS} ms",
    )
    print(
        f"{name:46}{row['per_second']:8.0f}{row['cpu']:9.2f}{row['cpu_python']:9.2f}{row['cpu_database']:10.2f}"
        f"{row['tickets']:9}  {', '.join(verdicts)}; {row['messages']} messages visible, {row['threads']} threads sent,"
        f" {row['with_files']} with files",
        flush=True,
    )
    return {"name": name, **row}


# --- Memory ----------------------------------------------------------------------------------------------


def memory(product: Product, mailbox: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
    """Take in one large message in a process of its own."""
    path = product.installation.data_directory / "big.eml"
    path.write_bytes(big(size, to=mailbox["address"], run=f"r{time.time_ns()}"))
    mib = path.stat().st_size / 1024**2
    key = work("keep", {"mailbox": mailbox["mailbox"], "file": str(path)})["mail"]
    path.unlink()
    taken = work("big", {"mail": key})
    forget_jobs(product)
    if taken["state"] != "done":
        sys.exit(f"the large message was not taken in: {taken}")
    yield say_memory(f"a message of {mib:.0f} MB taken in, MiB at most", taken["peak_mib"], taken["before_mib"])


def say_memory(name: str, peak: float, before: float) -> dict[str, Any]:
    verdict = "keeps" if peak <= MEMORY_MIB else "MISSES"
    print(f"{name:46}{peak:8.0f}{'':37}  {verdict} {MEMORY_MIB} (without it {before:.0f})", flush=True)
    return {"name": name, "peak_mib": peak, "before_mib": before}


# --- Processes ---------------------------------------------------------------------------------------------


def work(name: str, plan: dict[str, Any] | None = None) -> Any:
    """Have something done by a process of its own (`bench.mail_work`) and return what it says."""
    command = [sys.executable, "-m", "bench.mail_work", name, json.dumps(plan or {})]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=REPOSITORY)
    return json.loads(done.stdout)


@contextmanager
def started(name: str, plan: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """Have a process ready that waits for the signal."""
    command = [sys.executable, "-m", "bench.mail_work", name, json.dumps(plan)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    try:
        assert process.stdout is not None
        if process.stdout.readline() != '"ready"\n':
            raise RuntimeError("a process of the benchmark has ended early")
        yield process
    finally:
        process.kill()
        process.wait()


def go(processes: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    """Give the signal to all and return what each says at the end."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.stdout.readline()) for process in processes if process.stdout is not None]


@contextmanager
def worker() -> Iterator[psutil.Process]:
    """Have a worker of the product running meanwhile."""
    process = subprocess.Popen([sys.executable, "-m", "mostrador", "worker"], cwd=REPOSITORY)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(product: Product, newest: int, count: int) -> None:
    """Wait until so many messages that came in after a key are taken in."""
    patience = time.monotonic() + SECONDS_TO_TAKE_IN
    query = "SELECT count(*) FROM mailbox_incomingmail WHERE id > %s AND state <> 'received'"
    with psycopg.connect(product.installation.database_url(), autocommit=True) as connection:
        while (connection.execute(query, [newest]).fetchone() or (0,))[0] < count:
            if time.monotonic() > patience:
                raise RuntimeError(f"{count} messages are not taken in after {SECONDS_TO_TAKE_IN} s")
            time.sleep(0.1)


def forget_jobs(product: Product) -> None:
    """Forget the jobs about what was taken in without them."""
    with psycopg.connect(product.installation.postgres.url("superuser", "mostrador"), autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'mailbox.take_in' AND status = 'todo'")


if __name__ == "__main__":
    main()
