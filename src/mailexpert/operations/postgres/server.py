"""The embedded server: whoever needs it starts it if it is dead, and the last one to leave stops it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from mailexpert.operations.postgres import binaries, cluster, conf, pids, place, problems
from mailexpert.operations.postgres.locks import Users, gate
from mailexpert.operations.postgres.place import PORT, SOCKET, Place

STOP_SECONDS = 60
BACKENDS_SECONDS = 10
BIGGEST_LOG = 10_000_000

# A server outlives whoever started it, so its handle is kept here for as long as this process lives.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(kw_only=True)
class Server:
    """A hold on the running server; as a context manager it lets go at the end."""

    place: Place
    started: bool  # by us; otherwise it ran already
    notes: tuple[str, ...]  # what a person should be told at the start
    extra: Mapping[str, object]
    _users: Users = field(repr=False)

    @property
    def dsn(self) -> str:
        return url(self.place)

    @property
    def major(self) -> int:
        return self.place.major() or 0

    def tend(self) -> bool:
        """Start the server again if it died; whether that was so."""
        if _pid(self.place) is not None:
            return False
        with cluster.full_disk_named(self.place.base), gate(self.place.run):
            return _bring_up(self.place, None, self.extra)

    def leave(self) -> bool:
        """Let go of the server; whether it was stopped because nobody else uses it."""
        with gate(self.place.run):
            if not self._users.leave():
                return False
            stop(self.place)
            return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


def ensure(
    home: Path, *, create: bool = True, major: int | None = None, extra: Mapping[str, object] | None = None
) -> Server:
    """A running server for this home, held until `leave` or the end of the process.

    `major` asks for one version; `extra` are settings on top of ours, for tests. Raises a `ServerProblem`.
    """
    home = home.absolute()
    found = place.locate(home, create=create)
    with cluster.full_disk_named(found.base):
        place.make_folders(found)
        with gate(found.run):
            users = Users(found.run)
            started = _bring_up(found, major, extra or {})
    return Server(place=found, started=started, notes=_notes(found), extra=extra or {}, _users=users)


def url(found: Place) -> str:
    return f"postgresql://{conf.LOGIN}@/{conf.DATABASE}?host={quote(str(found.sockets), safe='')}&port={PORT}"


def stop(found: Place) -> None:
    """End the server after its open transactions are rolled back. Call it inside the gate."""
    pid = _pid(found)
    if pid is None:
        return
    sockets = found.sockets
    for how in (signal.SIGINT, signal.SIGQUIT):
        pids.end([pid], how)
        if not pids.wait_gone(found.data, STOP_SECONDS):
            _reap()
            if sockets == found.short_sockets():
                with suppress(OSError):
                    sockets.rmdir()
            return
    raise problems.WouldNotStop(pid=pid, seconds=2 * STOP_SECONDS, log=found.log)


def _bring_up(found: Place, major: int | None, extra: Mapping[str, object]) -> bool:
    """Whether the server had to be started. The caller holds the gate."""
    pid = _pid(found)
    if pid is not None:
        _wait_ready(found, pid, found.log.stat().st_size if found.log.exists() else 0)
        if (found.sockets / SOCKET).exists():
            cluster.prepare(found.sockets)  # whoever started it may have died before this
            return False
        stop(found)  # it runs, but its socket is gone: the temporary folder was cleaned
    made = found.major()
    chosen = binaries.for_new(major) if made is None else binaries.for_data(found.data, made, major)
    chosen = chosen.copy_for(found.account, found.base)
    if made is None:
        cluster.make(found, chosen, durable=extra.get("fsync") != "off")
    _clear_leftovers(found)
    sockets = place.make_socket_folder(found)
    _clear_socket(found, sockets)
    conf.write(found, sockets, extra)
    _launch(found, chosen)
    cluster.prepare(sockets)
    return True


def _pid(found: Place) -> int | None:
    pid = pids.in_file(found.pid_file)
    return pid if pid and pids.serves(pid, found.data) else None


def _clear_leftovers(found: Place) -> None:
    """A killed server leaves backends in its memory, and a note with a pid that may be anybody's."""
    left = pids.all_serving(found.data)
    for how in (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
        if not left:
            break
        pids.end(left, how)
        left = pids.wait_gone(found.data, BACKENDS_SECONDS)
    found.pid_file.unlink(missing_ok=True)


def _clear_socket(found: Place, sockets: Path) -> None:
    lock = sockets / f"{SOCKET}.lock"
    pid = pids.in_file(lock)
    if pid and pid != os.getpid() and pids.is_postgres(pid) and _note_says(pid, lock):
        raise problems.SocketTaken(pid=pid, folder=sockets)
    lock.unlink(missing_ok=True)
    (sockets / SOCKET).unlink(missing_ok=True)


def _note_says(pid: int, lock: Path) -> bool:
    """Whether the socket's note was written by this very server and not by an earlier owner of its pid."""
    lines = lock.read_text(errors="replace").splitlines()
    return len(lines) > 1 and pids.serves(pid, Path(lines[1].strip()))


def _launch(found: Place, chosen: binaries.Installation) -> None:
    if found.log.exists() and found.log.stat().st_size > BIGGEST_LOG:
        found.log.replace(found.log.with_suffix(".log.1"))
    with found.log.open("ab") as log:
        found.log.chmod(0o600)
        begin = log.tell()
        process = subprocess.Popen(  # type: ignore[call-overload]
            [chosen.program("postgres"), "-D", str(found.data)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=cluster.ENVIRONMENT,
            start_new_session=True,  # else Ctrl-C reaches it before the engine has settled
            **found.account.popen_arguments(),
        )
    _started.append(process)
    _wait_ready(found, process.pid, begin)


def _wait_ready(found: Place, pid: int, log_begin: int) -> None:
    """Until the server takes connections. Recovery after a crash may take minutes; death ends the wait."""
    while True:
        lines = found.pid_lines()
        if len(lines) > 7 and lines[7] == "ready" and lines[0] == str(pid):
            return
        _reap()
        if not pids.is_postgres(pid):
            with suppress(FileNotFoundError), found.log.open("rb") as log:
                log.seek(log_begin)
                raise cluster.why(found, log.read()[-20_000:].decode(errors="replace"))
        time.sleep(0.01)


def _reap() -> None:
    _started[:] = [process for process in _started if process.poll() is None]


def _notes(found: Place) -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    notes = [f"Started as root: PostgreSQL runs as {found.account.name}."]
    if found.is_elsewhere:
        notes.append(f"{found.account.name} can't reach {found.home}, so the database lies in {found.base}.")
    return tuple(notes)
