"""`mostrador read-mail`: what a message says, on a terminal and for programs, without a database."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mostrador.mailbox.adapters.files import read_mail
from tests.config.processes import clean, mostrador
from tests.mailbox.make_reading_corpus import DOCUMENT, DOCUMENT_FILE, HOLA, HOLA_TEXT, PAGE, multipart, part, several


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    both = part("multipart/alternative; boundary=dentro", several("", HOLA, PAGE, boundary="dentro"))
    path = tmp_path / "carta.eml"
    path.write_bytes(multipart("mixed", both, DOCUMENT, Cc="Eva <eva@correo.example>"))
    return path


def _lines(printed: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.decode().splitlines()]


def test_a_message_is_printed_as_json_without_a_database(letter: Path, tmp_path: Path) -> None:
    done = mostrador("read-mail", str(letter), "--json", environment={"MOSTRADOR_DATA": tmp_path / "data"})

    name, kind, size, sha256 = DOCUMENT_FILE
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "message_id": "<m1@correo.example>",
        "from": [{"name": "Ana Ruiz", "address": "ana.ruiz@correo.example"}],
        "to": [{"name": "", "address": "ayuda@diputacionvaldelmar.example"}],
        "cc": [{"name": "Eva", "address": "eva@correo.example"}],
        "subject": "Consulta",
        "date": "2026-03-03T10:15:00+01:00",
        "text": HOLA_TEXT,
        "new_text": HOLA_TEXT,
        "html": "<p>Hola, <b>señora</b>.</p>",
        "attachments": [{"name": name, "type": kind, "size": size, "sha256": sha256}],
        "robot_verdict": "human",
        "robot_rule": "nothing-else",
        "language": "",
        "defects": [],
    }
    assert not (tmp_path / "data").exists()


def test_several_messages_are_printed_one_on_each_line(letter: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = read_mail([str(letter), str(letter), "--json"])

    assert code == 0
    assert [found["text"] for found in _lines(capfdbinary.readouterr().out)] == [HOLA_TEXT, HOLA_TEXT]


def test_a_file_that_cannot_be_opened_is_said_and_the_others_are_read(
    letter: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    missing = tmp_path / "no.eml"

    code = read_mail([str(missing), str(letter), "--json"])

    printed = capfdbinary.readouterr()
    assert (code, len(_lines(printed.out))) == (66, 1)
    assert printed.err.decode() == f"mostrador: {missing}: No such file or directory\n"


def test_somebody_who_looks_sees_the_words(letter: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    read_mail([str(letter)])

    printed = capfdbinary.readouterr().out.decode()
    assert 'subject: "Consulta"\n' in printed
    assert printed.endswith(f"\n\n{HOLA_TEXT}\n\n")


def test_a_message_of_50_megabytes_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "video.eml"
    line = b"QUJD" * 19 + b"\r\n"
    video = b"Content-Type: video/mp4; name=v.mp4\nContent-Transfer-Encoding: base64\n\n" + line * (
        50_000_000 // len(line)
    )
    path.write_bytes(multipart("mixed", HOLA, video))

    script = "import sys; from mostrador.mailbox.adapters.files import read_mail; read_mail(sys.argv[1:]);"
    script += "sys.stderr.write(open('/proc/self/status').read())"
    words = [sys.executable, "-c", script, str(path), "--json"]
    done = subprocess.run(words, env=clean({}), capture_output=True, check=True)  # noqa: S603 - our own command

    most = next(line for line in done.stderr.decode().splitlines() if line.startswith("VmHWM"))
    assert json.loads(done.stdout)["attachments"][0]["size"] == 50_000_000 // len(line) * 57
    assert int(most.split()[1]) < 150 * 1024  # KiB
