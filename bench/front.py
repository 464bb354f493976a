"""One port or two? Pages under the thin front against granian's own WSGI server. Run: python -m bench.front

Every way of serving runs the same Django pages in two processes on this machine, with the load generator beside it, one
after the other and then again in the opposite order, so that a slow minute of the machine harms all of them alike.
CPU is that of the web processes alone, per answered request.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import django
import psutil
import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore

from mostrador.config.embedded_postgres import EmbeddedPostgres
from mostrador.shared.live import signed

PORT = 9360
PROCESSES = 2
SECONDS = 4.0
CONNECTIONS = 16
STREAMS = 300
PAGES = ("bare", "rows", "slow")


@dataclass(frozen=True)
class Way:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    streams: bool = False


@dataclass(frozen=True)
class Result:
    per_second: float
    median_ms: float
    p95_ms: float
    cpu_ms: float


def ways() -> list[Way]:
    granian = (sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--port", str(PORT), "--http", "1")
    granian += ("--workers", str(PROCESSES), "--log-level", "warning", "--backpressure", "64")
    front = (sys.executable, "-c", "from mostrador.config import web; web.serve()")
    own = {"PORT": str(PORT), "WEB_PROCESSES": str(PROCESSES)}
    return [
        *[
            Way(
                f"two ports: granian WSGI, {n} threads",
                (*granian, "--blocking-threads", str(n), "mostrador.config.wsgi:application"),
                {},
            )
            for n in (1, 2, 4)
        ],
        *[Way(f"one port: front, {n} threads", front, own | {"WEB_THREADS": str(n)}) for n in (1, 2, 4)],
        Way(f"one port: front, 2 threads, {STREAMS} streams open", front, own | {"WEB_THREADS": "2"}, streams=True),
    ]


class Client(asyncio.Protocol):
    """One browser's connection that asks again as soon as it has its answer."""

    def __init__(self, request: bytes, until: float, times: list[float]) -> None:
        self.request, self.until, self.times = request, until, times
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.asked_at = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lowered = head.lower()
        length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(head.decode()))
            self.transport.close()
            return
        now = time.perf_counter()
        self.times.append(now - self.asked_at)
        self.buffer = b""
        if now < self.until:
            self.ask()
        else:
            self.transport.close()
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed"))


async def load(page: str, seconds: float) -> list[float]:
    times: list[float] = []
    request = f"GET /{page}/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    made = [
        await loop.create_connection(lambda: Client(request, until, times), "127.0.0.1", PORT)
        for _ in range(CONNECTIONS)
    ]
    await asyncio.gather(*(client.done for _, client in made))
    return times


def cpu_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def measure(page: str, processes: list[psutil.Process]) -> Result:
    asyncio.run(load(page, 1.0))
    before = cpu_seconds(processes)
    started = time.perf_counter()
    times = asyncio.run(load(page, SECONDS))
    elapsed = time.perf_counter() - started
    cpu = cpu_seconds(processes) - before
    ordered = sorted(times)
    return Result(
        per_second=len(times) / elapsed,
        median_ms=statistics.median(ordered) * 1000,
        p95_ms=ordered[int(len(ordered) * 0.95)] * 1000,
        cpu_ms=cpu / len(times) * 1000,
    )


def open_streams(cookie: str, topic: str) -> list[socket.socket]:
    """Open idle streams as signed-in pages do; they stay open while pages are measured."""
    opened: list[socket.socket] = []
    for _ in range(STREAMS):
        connection = socket.create_connection(("127.0.0.1", PORT))
        connection.sendall(f"GET /vivo/?topic={topic} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        if b" 200 " not in connection.recv(2000):
            raise RuntimeError("stream refused")
        opened.append(connection)
    return opened


def wait_until_it_answers() -> None:
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        try:
            asyncio.run(load("bare", 0.01))
        except (OSError, RuntimeError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def run_way(way: Way, environment: dict[str, str], sign_in: tuple[str, str]) -> dict[str, Result]:
    process = subprocess.Popen(way.command, env=environment | way.environment)
    try:
        wait_until_it_answers()
        streams = open_streams(*sign_in) if way.streams else []
        main = psutil.Process(process.pid)
        processes = [main, *main.children(recursive=True)]
        results = {page: measure(page, processes) for page in PAGES}
        del streams
        return results
    finally:
        process.terminate()
        process.wait(30)


def sign_in_somebody() -> tuple[str, str]:
    """Return the cookie of a signed-in person and a topic signed for them."""
    django.setup()
    user = get_user_model()(email="bench@ejemplo.example")
    user.set_unusable_password()
    user.save()
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_backend"] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}", signed("bench", user.pk)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        postgres = EmbeddedPostgres(Path(directory) / "data", durable=False)
        postgres.start()
        try:
            environment = os.environ | {
                "DATABASE_URL": postgres.url("owner"),
                "DJANGO_SETTINGS_MODULE": "bench.front_pages",
                "MOSTRADOR_DATA": directory,
            }
            os.environ.update(environment)
            for app in ("accounts", "sessions"):
                command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", app]
                subprocess.run(command, env=environment, check=True)
            with psycopg.connect(postgres.url("owner")) as connection:
                connection.execute("CREATE TABLE bench_rows (id int PRIMARY KEY, subject text, opened timestamptz)")
                subject = "'No puedo firmar la solicitud ' || n"
                connection.execute(f"INSERT INTO bench_rows SELECT n, {subject}, now() FROM generate_series(1, 1000) n")
            sign_in = sign_in_somebody()
            report(environment, sign_in)
        finally:
            postgres.stop()


def report(environment: dict[str, str], sign_in: tuple[str, str]) -> None:
    measured: dict[tuple[str, str], list[Result]] = {}
    for order in (ways(), ways()[::-1]):
        for way in order:
            for page, result in run_way(way, environment, sign_in).items():
                measured.setdefault((way.name, page), []).append(result)
    print(
        f"{PROCESSES} processes, {CONNECTIONS} connections, {os.cpu_count()} cores, load generator on the same machine"
    )
    print(f"{'':52}{'page':6}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}")
    for (name, page), results in sorted(measured.items(), key=lambda item: PAGES.index(item[0][1])):
        best = [statistics.mean(getattr(result, field) for result in results) for field in Result.__annotations__]
        print(f"{name:52}{page:6}{best[0]:8.0f}{best[1]:9.2f}{best[2]:9.2f}{best[3]:9.3f}")


if __name__ == "__main__":
    main()
