"""Checks of the machine itself."""

import ctypes
import os
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailexpert.base.env import Environment
from mailexpert.operations import ports, processes
from mailexpert.operations.doctor.finding import Finding, ok, problem, warn
from mailexpert.operations.postgres import pids

TOO_LITTLE, LITTLE = 500_000_000, 5_000_000_000
LIVING_IN = "Europe/Amsterdam"
CLOCK_UNKNOWN = 5  # adjtimex: TIME_ERROR, nothing disciplines this clock
DEBIANS_SCANNER = Path("/run/clamav/clamd.ctl")
FURTHEST_OFF = timedelta(seconds=2)


def disk(env: Environment) -> Iterator[Finding]:
    folder = env.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:.1f} GB free on the disk of {env.home}"
    if free < TOO_LITTLE:
        yield problem(f"Only {told}.", "Make room: PostgreSQL stops when the disk is full.")
    elif free < LITTLE:
        yield warn(f"Only {told}.", "Make room before a large import or mailing.")
    else:
        yield ok(f"{told}.")


def clock(env: Environment) -> Iterator[Finding]:
    """Schedules, leases and DKIM dates need a right clock; the kernel knows whether it is kept so."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    except (AttributeError, OSError):
        return
    if state == CLOCK_UNKNOWN:
        yield warn(
            "Nothing keeps this machine's clock right.",
            "Install a time service (on Debian: apt-get install systemd-timesyncd), or make sure that the "
            "host of this virtual machine keeps the clock.",
        )
    else:
        yield ok("The clock is kept right.")


def time_zones(env: Environment) -> Iterator[Finding]:
    try:
        ZoneInfo(LIVING_IN)
    except ZoneInfoNotFoundError:
        yield problem("The time zones of the world are missing.", "On Debian: apt-get install tzdata.")
    else:
        yield ok("Time zones are known.")


def ports_(env: Environment) -> Iterator[Finding]:
    for process in processes.wanted(env):
        port = process.port(env)
        if port is None or ports.is_free(process.host(env), port):
            continue
        pid = pids.in_file(env.home / "run" / f"{process.name}-1.pid")
        if pid and Path(f"/proc/{pid}").exists():
            yield ok(f"{process.name} listens on port {port}.")
        else:
            yield problem(
                f"Port {port} is in use by {ports.owner(port)}, and {process.name} needs it.",
                f"Stop that program, or choose another port with {process.variable}.",
            )


def scanner(env: Environment) -> Iterator[Finding]:
    where = env.clamav or (str(DEBIANS_SCANNER) if DEBIANS_SCANNER.exists() else None)
    if where is None:
        yield warn(
            "There is no virus scanner; uploads are taken only while mail stays on this machine.",
            "On Debian: apt-get install clamav-daemon; elsewhere name it in MAILEXPERT_CLAMAV.",
        )
    elif _answers(where):
        yield ok(f"The virus scanner answers at {where}.")
    else:
        yield problem(
            f"The virus scanner at {where} does not answer, so every upload is refused.",
            "Start clamav-daemon, or correct MAILEXPERT_CLAMAV.",
        )


def _answers(where: str) -> bool:
    host, _, port = where.rpartition(":")
    try:
        if os.sep in where:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(where)
                return _pong(line)
        with socket.create_connection((host, int(port)), timeout=2) as line:
            return _pong(line)
    except (OSError, ValueError):
        return False


def _pong(line: socket.socket) -> bool:
    line.sendall(b"zPING\0")
    return line.recv(16).startswith(b"PONG")
