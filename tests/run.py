"""Every check and test, one after another, each with its time: `make test`, and `make check` without the browser.

The tests run on the wheel's PostgreSQL; those marked `smoke` once more on the system's, where there is one.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mostrador.config.errors import CannotStart
from mostrador.config.postgres_binaries import find_binaries

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = REPOSITORY / ".venv" / "bin"


def main() -> int:
    """Run everything, say what failed, and return 1 when anything did."""
    with_browser = "--without-browser" not in sys.argv
    if with_browser and not _is_there("chromium", "chromium"):
        print("A browser is needed: install Debian's package `chromium`, or run `make check`.", file=sys.stderr)  # noqa: T201 - a command
        return 1
    if not _is_there("dovecot", "dovecot-imapd", "dovecot-pop3d"):
        print("A mail server is needed: install Debian's `dovecot-imapd` and `dovecot-pop3d`.", file=sys.stderr)  # noqa: T201 - a command
        return 1
    _is_there("postfix", "postfix")  # its tests are left out where it cannot be: only root can start it
    tests: list[str | Path] = [BIN / "pytest", "-n", str(min(4, os.cpu_count() or 2)), "--dist", "loadgroup"]
    checks: list[tuple[str, Sequence[str | Path]]] = [
        ("format", [BIN / "ruff", "format", "--check", "."]),
        ("lint", [BIN / "ruff", "check", "."]),
        ("templates", [BIN / "djlint", "--lint", "--quiet", "mostrador"]),
        ("imports", [BIN / "lint-imports"]),
        ("migrations", [BIN / "python", "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("translations", [BIN / "python", "-m", "tools.translations", "--check"]),
        ("types", [BIN / "mypy"]),
        ("tests", [*tests, *([] if with_browser else ["-m", "not browser"])]),
    ]
    failed = [name for name, command in checks if not _passes(name, command)]
    if not _passes_on_the_systems_database([*tests, "-m", "smoke"]):
        failed.append("the system's PostgreSQL")
    print("everything passed" if not failed else f"failed: {', '.join(failed)}", flush=True)  # noqa: T201
    return 1 if failed else 0


def _passes(name: str, command: Sequence[str | Path], **variables: str) -> bool:
    print(f"── {name}", flush=True)  # noqa: T201
    begin = time.monotonic()
    if name == "migrations":
        variables["PYTHONWARNINGS"] = "ignore::RuntimeWarning"
    result = subprocess.run(command, cwd=REPOSITORY, check=False, env=os.environ | variables)  # noqa: S603 - the commands above
    print(f"   {'passed' if result.returncode == 0 else 'FAILED'} in {time.monotonic() - begin:.0f} s", flush=True)  # noqa: T201
    return result.returncode == 0


def _passes_on_the_systems_database(command: Sequence[str | Path]) -> bool:
    """Run a few tests on the system's PostgreSQL; nothing is installed for it, what is not there is left out."""
    try:
        version = find_binaries(system=True).version
    except CannotStart:
        print("── the system's PostgreSQL\n   left out: none of version 15 or newer is installed", flush=True)  # noqa: T201
        return True
    return _passes(f"PostgreSQL {version}, the system's", command, MOSTRADOR_POSTGRES="system")


def _is_there(program: str, *packages: str) -> bool:
    """Find a program, installing Debian's packages when it is missing and we may."""
    if _found(program):
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)  # noqa: S607 - the system's own
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(install, check=False, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"})  # noqa: S603
    return _found(program)


def _found(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


if __name__ == "__main__":
    sys.exit(main())
