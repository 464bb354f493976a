"""Measure live pages: python -m bench.streams [--desks 200] [--idle 5000] [--rounds 100] [--json FILE]

How soon open desks see an update, from `publish` to the last byte, through the product's own port; and how much memory
idle streams take in one web process. Everything happens in a private installation with the sample office.
"""

import argparse
import asyncio
import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.__main__ import machine, say_machine
from bench.product import REPOSITORY, Product, installed

TOPIC = "bench-desk"
STREAMS_PER_PERSON = 40  # fewer than the product lets somebody open in one process
WARM_UP_ROUNDS = 10
SECONDS_BETWEEN_ROUNDS = 0.1
SECONDS_TO_HEAR = 10
LATENCY_TARGET_MS = 100
MEMORY_TARGET_MIB = 200
TOGETHER = 50  # connections being opened at the same time


def main() -> None:
    options = arguments()
    if options.read:
        asyncio.run(read(json.loads(options.read)))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    report: dict[str, Any] = {"machine": machine(), "rows": []}
    say_machine(report["machine"])
    allow_many_connections()
    with installed(options.data) as product:
        os.environ |= product.installation.environment()
        streams = sign_in(max(options.desks, options.idle))
        print(f"\n{'':44}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}  target")
        for row in (*updates(product, streams[: options.desks], options.rounds), idle(product, streams, options.idle)):
            report["rows"].append(row)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description=__doc__.partition("\n")[0])
    parser.add_argument("--desks", type=int, default=200, help="open desks that see an update")
    parser.add_argument("--idle", type=int, default=5000, help="streams that have nothing to say")
    parser.add_argument("--rounds", type=int, default=100, help="updates of each kind")
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("--data", type=Path, help="directory of an installation to use and keep")
    parser.add_argument("--read", help=argparse.SUPPRESS)  # the process that listens, started by this one
    return parser.parse_args()


def allow_many_connections() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# --- How soon ----------------------------------------------------------------------------------------------


def updates(product: Product, streams: list[dict[str, str]], rounds: int) -> Iterator[dict[str, Any]]:
    """Measure hints and events that reach every desk. One web process for each core, as the product has."""
    from mostrador.shared.live import publish, publish_ephemeral  # noqa: PLC0415 - after the environment is complete

    ways: dict[str, Callable[[int], None]] = {
        "a hint": lambda number: publish(TOPIC),
        "an event": lambda number: publish(TOPIC, "tick", {"number": number}),
        "only for now": lambda number: publish_ephemeral(TOPIC, "tick", {"number": number}),
    }
    with product.serving(), listening(product.port, streams) as ask:
        for name, tell in ways.items():
            told = list(published(tell, rounds + WARM_UP_ROUNDS, ask, len(streams)))[WARM_UP_ROUNDS:]
            times = [heard - update.at for update in told for heard in update.heard]
            commits = [update.committed - update.at for update in told]
            yield say_latency(f"{name}, seen by {len(streams)} open desks, ms", times, commits)


class Update(NamedTuple):
    """When something was told, when that had been committed, and when each desk heard it; seconds of one clock."""

    at: float
    committed: float
    heard: list[float]


def published(
    tell: Callable[[int], None], rounds: int, ask: Callable[[dict[str, Any]], Any], desks: int
) -> Iterator[Update]:
    """Tell something again and again."""
    for number in range(rounds):
        at = time.monotonic()
        tell(number)
        committed = time.monotonic()
        yield Update(at, committed, ask({"wanted": desks})["heard"])
        time.sleep(SECONDS_BETWEEN_ROUNDS)


def say_latency(name: str, times: list[float], commits: list[float]) -> dict[str, Any]:
    figures = {"p50": percentile(times, 50), "p95": percentile(times, 95), "p99": percentile(times, 99)}
    figures["most"] = percentile(times, 100)
    misses = figures["p99"] > LATENCY_TARGET_MS
    print(
        f"{name:44}"
        + "".join(f"{value:8.1f}" for value in figures.values())
        + f"  {'MISSES' if misses else 'keeps'} {LATENCY_TARGET_MS} (p99);"
        + f" of it the commit {percentile(commits, 50):.1f} (p50), {percentile(commits, 99):.1f} (p99)",
        flush=True,
    )
    return {"name": name, "count": len(times), "misses": misses, "commit_p99": percentile(commits, 99), **figures}


def percentile(times: list[float], part: int) -> float:
    """Return in milliseconds what so many of a hundred are not above."""
    return sorted(times)[math.ceil(len(times) * part / 100) - 1] * 1000


# --- How much memory ---------------------------------------------------------------------------------------


def idle(product: Product, streams: list[dict[str, str]], count: int) -> dict[str, Any]:
    """Measure what streams that say nothing add to the memory of one web process, its parent included."""
    os.environ["WEB_PROCESSES"] = "1"
    few = max(1, count // 100)
    with product.serving() as web:
        with listening(product.port, streams[:few]):
            pass  # what the first streams load stays
        before = web.memory()["pss_mib"]
        with listening(product.port, streams[:count]):
            time.sleep(1)
            after = web.memory()["pss_mib"]
    grown = after - before
    target = f"{'keeps' if grown <= MEMORY_TARGET_MIB else 'MISSES'} {MEMORY_TARGET_MIB}"
    name = f"{count} idle streams in one process, MiB PSS"
    print(f"{name:44}{'':24}{grown:8.1f}  {target} ({grown * 1024 / count:.0f} KiB each)", flush=True)
    return {"name": name, "before_mib": before, "after_mib": after, "most": grown, "misses": grown > MEMORY_TARGET_MIB}


# --- People and their streams ------------------------------------------------------------------------------


def sign_in(streams: int) -> list[dict[str, str]]:
    """Return a cookie and a signed topic for each stream, of as many people as it takes."""
    import django  # noqa: PLC0415 - after the environment is complete

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: PLC0415

    from mostrador.accounts.sessions import SessionStore  # noqa: PLC0415
    from mostrador.shared.live import signed  # noqa: PLC0415

    people = []
    for number in range(math.ceil(streams / STREAMS_PER_PERSON)):
        user = get_user_model()(email=f"desk{number}@ejemplo.example")
        user.set_unusable_password()
        user.save()
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
        people.append({"cookie": cookie, "topic": signed(TOPIC, user.pk)})
    return [people[number % len(people)] for number in range(streams)]


@contextmanager
def listening(port: int, streams: list[dict[str, str]]) -> Iterator[Callable[[dict[str, Any]], Any]]:
    """Have the streams open meanwhile, in a process of their own; yields a function that asks it."""
    plan = Path(os.environ["MOSTRADOR_DATA"]) / "streams.json"
    plan.write_text(json.dumps({"port": port, "streams": streams}))
    command = [sys.executable, "-m", "bench.streams", "--read", json.dumps(str(plan))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stdin is not None
    assert process.stdout is not None
    lines, answers = process.stdin, process.stdout

    def ask(question: dict[str, Any]) -> Any:
        lines.write(json.dumps(question) + "\n")
        lines.flush()
        answer = json.loads(answers.readline() or '{"error": "the listening process has ended"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    try:
        ask({"wanted": 0})
        yield ask
    finally:
        lines.close()
        process.wait(30)


# --- The process that listens ------------------------------------------------------------------------------


class Desk(asyncio.Protocol):
    """One open stream, which notes when a whole update has come."""

    def __init__(self, heard: list[float], request: bytes) -> None:
        self.heard, self.request = heard, request
        self.rest = b""
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.is_open.done():
            if b"\r\n\r\n" in data and not data.startswith(b"HTTP/1.1 200"):
                self.is_open.set_exception(RuntimeError(data[:100].decode()))
            elif b"event: position" in data:
                self.is_open.set_result(None)
            return
        *whole, self.rest = (self.rest + data).split(b"\n\n")
        self.heard += [now for block in whole if b"event: change" in block or b"event: live" in block]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(exc or ConnectionError("closed"))


async def read(plan: str) -> None:
    """Open every stream, then answer each line of input with the moments at which so many updates came."""
    allow_many_connections()
    asked = json.loads(Path(plan).read_text())
    heard: list[float] = []
    limit = asyncio.Semaphore(TOGETHER)
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        await asyncio.gather(*(open_stream(asked["port"], stream, heard, limit) for stream in asked["streams"]))
    except (OSError, RuntimeError) as error:
        print(json.dumps({"error": f"a stream was not opened: {error}"}), flush=True)
        return
    while line := await lines.readline():
        wanted = json.loads(line)["wanted"]
        until = time.monotonic() + SECONDS_TO_HEAR
        while len(heard) < wanted and time.monotonic() < until:
            await asyncio.sleep(0.002)
        answer = {"heard": heard[:]} if len(heard) == wanted else {"error": f"{len(heard)} of {wanted} desks heard"}
        heard.clear()
        print(json.dumps(answer), flush=True)


async def open_stream(port: int, stream: dict[str, str], heard: list[float], limit: asyncio.Semaphore) -> None:
    request = f"GET /vivo/?topic={stream['topic']} HTTP/1.1\r\nHost: localhost\r\nCookie: {stream['cookie']}\r\n\r\n"
    async with limit:
        loop = asyncio.get_running_loop()
        _, desk = await loop.create_connection(lambda: Desk(heard, request.encode()), "127.0.0.1", port)
        await desk.is_open


if __name__ == "__main__":
    main()
