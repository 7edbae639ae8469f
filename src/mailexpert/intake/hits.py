"""Hits: the lines they are stored as, and the answers that wait until they are."""

import asyncio
import time
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from mailexpert.intake.journal import Journal

OPEN_LINK = -1
SECONDS_OF_HOUR = 3600

Answer = Callable[[bool], Any]


class Kind(IntEnum):
    """What a stored hit is; the numbers stand in tracking_tally."""

    OPEN = 1
    CLICK = 2
    MACHINE_OPEN = 3
    MACHINE_CLICK = 4


def prefix(issue: int, link: int, kind: Kind) -> bytes:
    """A hit's line but for its hour. It names no person, and equal hits are equal lines."""
    return b"%d\t%d\t%d\t" % (issue, link, kind)


class HitDesk:
    """Stores the hits of one turn of the loop with one write, and answers them after it."""

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop) -> None:
        self._journal, self._loop = journal, loop
        self._lines: list[bytes] = []
        self._stored: asyncio.Future[bool] | None = None
        self.taken = 0

    def take(self, line: bytes) -> asyncio.Future[bool]:
        """Resolves to whether the hit is stored, at the end of this turn."""
        self._lines.append(line)
        if self._stored is None:
            self._stored = self._loop.create_future()
            self._loop.call_soon(self._store)
        return self._stored

    def _store(self) -> None:
        lines, stored = self._lines, self._stored
        assert stored is not None
        self._lines, self._stored = [], None
        ending = b"%d\n" % (time.time() // SECONDS_OF_HOUR)
        try:
            self._journal.write(ending.join(lines) + ending)
        except OSError:
            stored.set_result(False)
            return
        self.taken += len(lines)
        stored.set_result(True)
