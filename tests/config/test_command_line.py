"""The console command: what the operator has to put right is one sentence on the terminal, and an exit code."""

import http.client
import os
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mostrador.config import installation
from mostrador.config.errors import CannotStart
from tests.config.processes import clean, command, free_port, mostrador


def test_without_a_word_the_command_says_what_it_can_do() -> None:
    done = mostrador(environment={})

    assert done.returncode == 0
    assert "up [--sample]" in done.stdout


def test_a_port_in_use_is_said_before_anything_is_made(place: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        done = mostrador("up", environment={"PORT": port, "MOSTRADOR_DATA": place / "data"})

    sentence = f"mostrador: Port {port} is in use by another program; choose another, for example PORT={port + 1}.\n"
    assert (done.returncode, done.stderr) == (1, sentence)
    assert not (place / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "mostrador: PORT='http': use a whole number\n"),
        ("PORT", "99999", "mostrador: HOST=127.0.0.1 and PORT=99999 are not an address to serve on: "),
        ("HOST", "192.0.2.1", "mostrador: HOST=192.0.2.1 is not an address of this machine.\n"),
        ("MOSTRADOR_POSTGRES", "mysql", "mostrador: MOSTRADOR_POSTGRES='mysql': use one of wheel, system\n"),
        ("MOSTRADOR_ENV_FILE", "/no/such/file", "mostrador: The env file /no/such/file cannot be read: "),
        (
            "DATABASE_URL",
            "postgresql://nobody:secret@127.0.0.1:1/x",
            "mostrador: The database of DATABASE_URL cannot be used: ",
        ),
    ],
)
def test_wrong_configuration_is_one_sentence(place: Path, name: str, value: str, sentence: str) -> None:
    done = mostrador("up", environment={"PORT": free_port(), "MOSTRADOR_DATA": place / "data", name: value})

    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


@contextmanager
def old_server() -> Iterator[int]:
    """A fake that speaks as much of PostgreSQL's protocol as it takes to say that it is version 13."""

    def message(kind: bytes, content: bytes) -> bytes:
        return kind + struct.pack("!I", len(content) + 4) + content

    greeting = message(b"R", struct.pack("!I", 0))
    for name, value in ((b"server_version", b"13.4"), (b"client_encoding", b"UTF8")):
        greeting += message(b"S", name + b"\0" + value + b"\0")
    greeting += message(b"Z", b"I")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(greeting)
            connection.recv(1000)

    thread = threading.Thread(target=serve)
    thread.start()
    with listening:
        yield listening.getsockname()[1]
        thread.join(10)


def test_a_database_that_is_too_old_is_refused(place: Path) -> None:
    with old_server() as port:
        url = f"postgresql://somebody@127.0.0.1:{port}/x?sslmode=disable&gssencmode=disable"

        done = mostrador("migrate", environment={"DATABASE_URL": url, "MOSTRADOR_DATA": place / "data"})

    sentence = "mostrador: The database of DATABASE_URL is PostgreSQL 13; Mostrador needs 15 or newer.\n"
    assert (done.returncode, done.stderr) == (1, sentence)


def test_the_env_file_fills_in_what_the_environment_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mostrador.env"
    file.write_text("# our desk\nSMTP_HOST = correo.example\nPORT='9001'\n\n", encoding="utf-8")
    monkeypatch.setenv("MOSTRADOR_ENV_FILE", str(file))
    monkeypatch.setenv("PORT", "9002")
    monkeypatch.setenv("SMTP_HOST", "")
    monkeypatch.delenv("SMTP_HOST")

    installation.read_env_file()

    assert (os.environ["SMTP_HOST"], os.environ["PORT"]) == ("correo.example", "9002")


def test_a_bad_line_of_the_env_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mostrador.env"
    file.write_text("PORT=9001\nexport HOST\n", encoding="utf-8")
    monkeypatch.setenv("MOSTRADOR_ENV_FILE", str(file))
    monkeypatch.setenv("PORT", "9002")

    with pytest.raises(CannotStart, match=r"Line 2 of .* is not NAME=value"):
        installation.read_env_file()


class Running:
    """`mostrador up` in a process of its own."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        environment = clean({"PORT": self.port, "MOSTRADOR_DATA": data, "WEB_PROCESSES": 1, "PYTHONUNBUFFERED": 1})
        self.log = data.with_suffix(".log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command("up"), env=environment, stdout=log, stderr=log)  # noqa: S603

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, text: str, *, times: int = 1) -> None:
        patience = time.monotonic() + 200
        while self.printed.count(text) < times:
            assert time.monotonic() < patience, self.printed
            assert self.process.poll() is None, self.printed
            time.sleep(0.05)

    def status(self, address: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", address, headers={"Host": "localhost"})
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def children(pid: int, word: str) -> list[int]:
    """Return the children of a process whose command contains the word."""
    listed = subprocess.run(["/bin/ps", "-ww", "--ppid", str(pid), "-o", "pid=,args="], capture_output=True, text=True)  # noqa: S603
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if word in line]


@pytest.mark.timeout(600)
def test_everything_starts_heals_and_stops_together(place: Path) -> None:
    running = Running(place / "data")
    try:
        running.wait_for("Mostrador is running at")
        assert running.status("/salud/listo/") == 200
        second = mostrador("up", environment={"PORT": running.port, "MOSTRADOR_DATA": place / "data"})
        assert second.returncode == 1
        assert "is already running" in second.stderr
        check = mostrador("check", environment={"MOSTRADOR_DATA": place / "data"})
        assert "ok     audit record: the application's database role may not change it" in check.stdout

        main = running.process.pid
        [database] = children(main, "/postgres ")
        os.kill(database, signal.SIGKILL)
        assert running.status("/salud/listo/") == 200  # waits for the new one
        running.wait_for("the database had stopped and has been started again")
        [web] = children(main, "mostrador web")
        os.kill(web, signal.SIGKILL)
        running.wait_for("web stopped (killed by signal 9); starting it again in 1 s")
        patience = time.monotonic() + 60
        while not children(main, "mostrador web") or not answers(running):
            assert time.monotonic() < patience, running.printed
            time.sleep(0.1)
        [database] = children(main, "/postgres ")
    finally:
        code = running.stop()

    assert code == 0, running.printed
    assert running.printed.endswith("mostrador: stopped\n")
    assert not Path(f"/proc/{database}").exists()
    assert not answers(running)


def answers(running: Running) -> bool:
    try:
        return running.status("/salud/listo/") == 200
    except OSError:
        return False
