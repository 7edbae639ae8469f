"""Looking for viruses with clamd before anything is stored (its INSTREAM command)."""

import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mailexpert.base.env import Environment

DEBIAN_SOCKET = Path("/run/clamav/clamd.ctl")
CHUNK = 256 * 1024
TIMEOUT = 60.0  # seconds without a sign of the scanner
LONGEST = 600.0  # seconds for one file
LONGEST_ANSWER = 4096


class Infected(Exception):
    """The scanner found a virus; its name is the message. Throw the file away."""


class ScannerDown(Exception):
    """A scanner is configured but gave no usable answer, so files are refused. Start clamd, try again."""


class TooLargeToScan(ScannerDown):
    """The file is larger than the scanner looks through, so it is refused. Give a smaller one."""


class ScannerMissing(Exception):
    """There is no scanner and mail leaves this machine, so no file is taken. Install ClamAV."""


@dataclass(frozen=True)
class Scan:
    scanned: bool


def address(env: Environment) -> str | None:
    """Where the scanner listens: as configured, else Debian's socket where it exists."""
    if env.clamav:
        return env.clamav
    return str(DEBIAN_SOCKET) if DEBIAN_SOCKET.exists() else None


def scan(chunks: Iterable[bytes], env: Environment) -> Scan:
    """Scan what `chunks` yields. `scanned` is false where there is no scanner and mail stays on this machine.
    Raises Infected, ScannerDown, ScannerMissing."""
    where = address(env)
    if where is None:
        if env.uses_catcher or env.relay_is_local:
            return Scan(scanned=False)
        raise ScannerMissing(ScannerMissing.__doc__)
    try:
        answer = _ask(where, chunks)
    except (OSError, ValueError) as problem:
        raise ScannerDown(f"clamd at {where}: {problem}") from problem
    if answer.endswith(" FOUND"):
        raise Infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if "size limit exceeded" in answer:
        raise TooLargeToScan(TooLargeToScan.__doc__)
    if not answer.endswith(" OK"):
        raise ScannerDown(f"clamd at {where} answers: {answer[:200]}")
    return Scan(scanned=True)


def version(env: Environment) -> str:
    """What the scanner says about itself and its definitions. Raises ScannerMissing, ScannerDown."""
    where = address(env)
    if where is None:
        raise ScannerMissing(ScannerMissing.__doc__)
    try:
        with _connect(where) as line:
            line.sendall(b"zVERSION\0")
            return _answer(line)
    except (OSError, ValueError) as problem:
        raise ScannerDown(f"clamd at {where}: {problem}") from problem


def _ask(where: str, chunks: Iterable[bytes]) -> str:
    end = time.monotonic() + LONGEST
    with _connect(where) as line:
        try:
            line.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                for start in range(0, len(chunk), CHUNK):
                    if time.monotonic() > end:
                        raise TimeoutError(f"no verdict in {LONGEST:.0f} s")
                    piece = chunk[start : start + CHUNK]
                    line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # over its size limit clamd answers and hangs up while we still send
        return _answer(line)


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (more := line.recv(4096)):
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _connect(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT)
