"""Append files: what was answered is stored, also when this process is killed in the next instant.

A file has one writer, who holds its lock, and one reader, the collector. Its life:
`.new` made and locked → `.open` being written → `.done` finished by its writer → read and deleted.
An `.open` file whose lock is free had a writer that died. A torn last line was never answered and is cut off.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1 << 20  # bytes; a file this size is finished, so that the collector reads pieces
OLDEST = 1.0  # seconds; so long a hit waits at most before it can be counted


class JournalFull(OSError):
    """The lines could not be written (disk full or gone): nothing is stored, so nothing may be answered."""


class Journal:
    """The writer's side. `synced`: force each write to the disk, so that it survives a power cut as well."""

    def __init__(self, folder: Path, *, synced: bool = False) -> None:
        self._folder, self._synced = folder, synced
        self._file: int | None = None
        self._path = folder
        self._size = 0
        self._began = 0.0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, lines: bytes) -> None:
        """Store whole lines with one write. Raises JournalFull."""
        if self._file is None:
            self._open()
        assert self._file is not None
        try:
            written = os.write(self._file, lines)
            if written != len(lines):
                raise OSError("short write")
            if self._synced:
                os.fdatasync(self._file)
        except OSError as problem:
            self._take_back()
            raise JournalFull(str(problem)) from problem
        self._size += written
        if self._size >= LARGEST:
            self.finish()

    def finish_old(self) -> None:
        if self._size and time.monotonic() - self._began >= OLDEST:
            self.finish()

    def finish(self) -> None:
        """Hand the file over. Renamed first, closed after: closing lets go of the lock."""
        if self._file is None:
            return
        file, self._file = self._file, None
        os.rename(self._path, self._path.with_suffix(".done"))
        os.close(file)
        self._size = 0

    def _open(self) -> None:
        # Locked before it gets the name that the collector looks at, else it would take it as a dead one's.
        path = self._folder / f"{time.time_ns()}-{os.getpid()}-{secrets.token_hex(6)}.new"
        try:
            self._file = os.open(
                path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600
            )
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._path = path.with_suffix(".open")
            os.rename(path, self._path)
        except OSError as problem:
            self._drop()
            raise JournalFull(str(problem)) from problem
        self._size, self._began = 0, time.monotonic()

    def _take_back(self) -> None:
        """After half a write: cut it off, so that no later line grows out of it, and begin another file."""
        if self._file is not None:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
                self.finish()
        self._drop()

    def _drop(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A file that nobody writes any more. `name` is its own for ever, whatever its ending was."""

    name: str
    path: Path
    lines: bytes

    @property
    def made_at(self) -> float:
        """Seconds since 1970, told by the name."""
        return int(self.name.partition("-")[0]) / 1e9

    def delete(self) -> None:
        # Its writer may have renamed it while we read.
        self.path.with_suffix(".done").unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def finished(folder: Path) -> Generator[Finished, None, None]:
    """The files that can be read, oldest first, each locked while it is in the reader's hands."""
    for path in sorted(folder.glob("*.done")) + sorted(folder.glob("*.open")):
        with suppress(FileNotFoundError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue  # its writer lives
            lines = file.read()
            yield Finished(name=path.stem, path=path, lines=lines[: lines.rfind(b"\n") + 1])


def peek(folder: Path) -> Iterator[bytes]:
    """The whole lines of every file as they are now, also of those that are being written."""
    for path in (*folder.glob("*.done"), *folder.glob("*.open")):
        with suppress(FileNotFoundError):
            lines = path.read_bytes()
            yield lines[: lines.rfind(b"\n") + 1]


@contextmanager
def only_collector(folder: Path) -> Iterator[bool]:
    """Whether we are the one process that collects from this folder now."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "collector.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
