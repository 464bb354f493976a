"""`mostrador read-mail`: reading messages from files, without Django and without a database."""

import argparse
import json
import sys
from pathlib import Path

from mostrador.mailbox.rules.reading import read
from mostrador.mailbox.rules.report import report

_NO_INPUT = 66  # EX_NOINPUT of sysexits.h


def read_mail(words: list[str]) -> int:
    """Print what each message says; return the exit code: 66 when a file could not be opened, else 0."""
    parser = argparse.ArgumentParser(prog="mostrador read-mail", description="Say how messages are read.")
    parser.add_argument("files", nargs="+", metavar="FILE", help='a raw message; "-" is the standard input')
    parser.add_argument("--json", action="store_true", help="one object for each message, on a line of its own")
    options = parser.parse_args(words)
    code = 0
    for name in options.files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as problem:
            sys.stderr.write(f"mostrador: {name}: {problem.strerror}\n")
            code = _NO_INPUT
            continue
        found = report(read(raw))
        line = json.dumps(found, ensure_ascii=False) if options.json else _in_words(found)
        sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.flush()
    return code


def _in_words(found: dict[str, object]) -> str:
    """Lay a report out for somebody who looks at a terminal."""
    rows = ((name, value) for name, value in found.items() if name not in {"html", "text", "new_text"})
    head = "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in rows)
    return f"{head}\n\n{found['text']}\n"
