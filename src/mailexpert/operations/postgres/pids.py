"""Which process is which. A pid in a file proves nothing: it may be dead, a zombie, or a stranger's now."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
PROGRAM = "postgres"


def in_file(path: Path) -> int | None:
    """The pid on the first line; PostgreSQL writes it negative for a stand-alone backend."""
    try:
        return abs(int(path.read_text(errors="replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def is_postgres(pid: int) -> bool:
    return PROGRAM in _program(pid)


def serves(pid: int, data: Path) -> bool:
    """Whether this process is a live PostgreSQL that works in this data folder."""
    if not is_postgres(pid):
        return False
    if not PROC.is_dir():
        return str(data) in _command(pid)
    try:
        return os.path.samestat(os.stat(PROC / str(pid) / "cwd"), data.stat())
    except OSError:
        return False


def all_serving(data: Path) -> list[int]:
    """Every PostgreSQL process in this data folder, backends that outlived their server included."""
    if not PROC.is_dir():
        return []
    living = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]
    return [pid for pid in living if serves(pid, data)]


def end(pids: Iterable[int], kind: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, kind)
        except ProcessLookupError:
            continue


def wait_gone(data: Path, seconds: float) -> list[int]:
    """Waits until no PostgreSQL works in this folder; returns those that still do."""
    until = time.monotonic() + seconds
    while (left := all_serving(data)) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def _program(pid: int) -> str:
    """The program's file name; empty for a dead process, a zombie or someone else's."""
    if not PROC.is_dir():
        return Path(_command(pid).split(" ", 1)[0]).name
    try:
        # After an upgrade of the package the link reads "…/postgres (deleted)".
        return Path(os.readlink(PROC / str(pid) / "exe")).name.removesuffix(" (deleted)")
    except OSError:
        return ""


def _command(pid: int) -> str:
    told = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return told.stdout.strip()
