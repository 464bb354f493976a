"""Small dealings with the operating system: private files and directories, child processes that end with us."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from mostrador.config.postgres_binaries import Account


def make_private_directory(path: Path, account: Account) -> None:
    """Make sure that `path` is a directory that only `account` can open."""
    path.mkdir(mode=0o700, exist_ok=True)
    if not account.is_us:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


def is_private_directory(path: Path, account: Account) -> bool:
    """Tell whether `path` is a real directory (no link) that only `account` can open."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return path.is_dir() and not path.is_symlink() and status.st_uid == account.uid and status.st_mode & 0o777 == 0o700


def write_secret(path: Path, text: str) -> None:
    """Write a file that only we can read, complete or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def command_of(pid: int) -> str:
    """Return the command line of a process, empty when it has ended."""
    listed = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return listed.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True).stdout


def stop_process(
    process: subprocess.Popen[Any], *, gently: signal.Signals, firmly: signal.Signals, patience: float
) -> None:
    """Ask a child to end with one signal, after `patience` seconds with the other, and wait until it has."""
    if process.poll() is not None:
        return
    process.send_signal(gently)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.send_signal(firmly)
        process.wait(patience)


def end_with_parent(last_signal: signal.Signals) -> None:
    """In a new child: ask Linux to send this signal when the thread that started it ends, however it ends."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(last_signal))
