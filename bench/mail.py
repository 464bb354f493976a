"""Measure mail that comes in: python -m bench.mail [--messages 2000] [--mailbox 10000] [--json FILE]

In a private installation with the sample office: messages as citizens write them (`bench.letters`) are received and
taken in, by the product's own workers and by processes that do both in turn; then a mailbox of 10 000 is fetched from a
real dovecot; then one message of 50 MB. What people at the desk see at the end is counted: a message that is missing
ends the run.
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
from typing import IO, Any

import psutil
import psycopg

from bench.__main__ import machine, say_machine, settle
from bench.letters import BLOCK, THREADS_PER_BLOCK, letters
from bench.product import REPOSITORY, Product, cpu_seconds, installed
from tests.mailbox.servers import PASSWORD, dovecot

MESSAGES_PER_SECOND = 150
CPU_MS = 8
MEMORY_MIB = 150
FETCH_MESSAGES, FETCH_SECONDS = 10_000, 120
WARM_UP = 200
PROCESSES = 2
SECONDS_TO_BEGIN = 5  # of the workers
SECONDS_TO_TAKE_IN = 600
BIG_BYTES = 50 * 1024 * 1024


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    report: dict[str, Any] = {"machine": machine(), "rows": [], "memory": []}
    say_machine(report["machine"])
    with installed(options.data) as product:
        os.environ |= product.installation.environment()
        print(f"\n{'':46}{'msg/s':>8}{'CPU ms':>9}{'Python':>9}{'database':>10}{'tickets':>9}  target")
        for name, way in WAYS.items():
            settle(product)
            report["rows"].append(say_row(name, measured(product, way, options.messages, options.warm_up)))
        if options.mailbox:
            report["mailbox"] = say_fetched(fetched(product, options.mailbox))
        for row in memory(product, work("prepare")["address"], options.big_mib * 1024 * 1024):
            report["memory"].append(row)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mail", description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=2000, help="how many are measured each time")
    parser.add_argument("--mailbox", type=int, default=FETCH_MESSAGES, help="messages to fetch from dovecot; 0: none")
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
    forget_jobs(product)
    return spent | counted(before["newest"], warm_up + count)


def counted(newest: int, count: int) -> dict[str, Any]:
    """Return what is there of what came in after a key, and end the run when not all of it is."""
    found: dict[str, Any] = work("check", {"newest": newest})
    wanted = dict.fromkeys(("received", "originals", "done", "messages"), count)
    if {name: found[name] for name in wanted} != wanted:
        sys.exit(f"{count} messages came in, and this is what is there: {found}")
    return found | {"threads": count // BLOCK * THREADS_PER_BLOCK}


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
    """Processes, one a core, receive a portion and take it in, then the next; no job is fetched."""
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


# --- A mailbox elsewhere -----------------------------------------------------------------------------------


def fetched(product: Product, count: int) -> dict[str, Any]:
    """Fetch a mailbox of a real dovecot, while workers take in. From the first connection to the last ticket."""
    with dovecot() as server, ExitStack() as stack:
        account = server.account()
        address = f"r{time.time_ns()}@diputacionvaldelmar.example"
        for letter in letters(0, count, to=address, run=address.partition("@")[0]):
            account.deliver(letter.raw)
        port = {"imap_port": server.ports["imap"], "user": account.user, "password": PASSWORD}
        newest = work("prepare", {"address": address} | port)["newest"]
        settle(product)
        workers = [stack.enter_context(worker()) for _ in range(PROCESSES)]
        time.sleep(SECONDS_TO_BEGIN)
        begun, database, python = time.monotonic(), product.database_cpu(), sum(cpu_seconds(each) for each in workers)
        fetching = ran(["fetch-mail", "--mailbox", address, "--once"])
        wait_for(product, newest, count)
        seconds = time.monotonic() - begun
        python = sum(cpu_seconds(each) for each in workers) - python + fetching["cpu"]
        spent = figures(count, seconds, python, product.database_cpu() - database)
    row = spent | {"seconds": seconds, "fetched_in": fetching["seconds"], "peak_mib": fetching["peak_mib"]}
    return row | counted(newest, count)


def say_fetched(row: dict[str, Any]) -> dict[str, Any]:
    target = FETCH_SECONDS * row["count"] / FETCH_MESSAGES
    print(
        f"{'a mailbox of ' + str(row['count']) + ' messages (dovecot)':46}{row['per_second']:8.0f}{row['cpu']:9.2f}"
        f"{row['cpu_python']:9.2f}{row['cpu_database']:10.2f}{row['tickets']:9}  "
        f"{'keeps' if row['seconds'] <= target else 'MISSES'} {target:.0f} s: {row['seconds']:.0f} s, of them"
        f" {row['fetched_in']:.0f} to fetch; {row['messages']} messages visible; {row['peak_mib']:.0f} MiB to fetch",
        flush=True,
    )
    return row


# --- One large message, and the start for a small one --------------------------------------------------------


def memory(product: Product, address: str, size: int) -> Iterator[dict[str, Any]]:
    """Pipe messages into `receive-mail`, and take the large one in, each in a process of its own.

    To Linux a process is as large as the one was that started it, so nothing large is held here.
    """
    path = product.installation.data_directory / "message.eml"
    for bytes_long in (size, 0):
        work("write", {"file": str(path), "bytes": bytes_long, "to": address})
        name = f"a message of {path.stat().st_size / 1024**2:.0f} MB, MiB at most, "
        with path.open("rb") as message:
            received = ran(["receive-mail", "--mailbox", address], message)
        yield say_memory(f"{name}receive-mail", received)
        if bytes_long:
            taken = work("big")
            if taken["state"] != "done" or taken["size_bytes"] < size * 0.9:
                sys.exit(f"the large message was not taken in: {taken}")
            yield say_memory(f"{name}taken in", taken)
    path.unlink()
    forget_jobs(product)


def say_memory(name: str, row: dict[str, Any]) -> dict[str, Any]:
    verdict = "keeps" if row["peak_mib"] <= MEMORY_MIB else "MISSES"
    beside = f"without it {row['before_mib']:.0f}" if "before_mib" in row else f"{row['seconds']:.2f} s"
    beside += f", {row['cpu']:.2f} s of CPU" if "cpu" in row else ""
    print(f"{name:46}{row['peak_mib']:8.0f}{'':37}  {verdict} {MEMORY_MIB} ({beside})", flush=True)
    return {"name": name, **row}


def ran(words: list[str], message: IO[bytes] | None = None) -> dict[str, Any]:
    """Run a command of the product; return its seconds, CPU and memory at its highest."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "mostrador", *words], stdin=message, stdout=subprocess.DEVNULL, cwd=REPOSITORY
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"mostrador {words[0]} ended with {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    return {"seconds": time.monotonic() - begun, "cpu": cpu, "peak_mib": used.ru_maxrss / 1024}


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
