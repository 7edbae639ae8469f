"""Two locks on files in the run folder. The kernel lets go of them when a process dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def gate(run: Path) -> Iterator[None]:
    """One starts or stops the server at a time."""
    handle = _open(run / "postgres.gate")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Users:
    """Held shared by everyone who uses the server; whoever gets it alone is the last one."""

    def __init__(self, run: Path) -> None:
        self._handle: int | None = _open(run / "postgres.users")
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Whether nobody else uses the server. Call it inside the gate."""
        if self._handle is None:
            return False
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(self._handle)
            self._handle = None
        return True


def _open(path: Path) -> int:
    # For reading only, so that a process that dropped root can take a lock on the file that root made.
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
