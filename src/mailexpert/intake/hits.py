"""Hits: the lines they are stored as, and the answers that wait until they are.

A line is `issue link kind device rule country hour part`, the part being which five minutes of the hour, so that equal
hits are equal lines. Where more has to be known for some seconds it is `~issue link kind device rule country who
contact time`, to the second: `who` joins the hits of one asker until it is clear what they are, `contact` is a person
whose consent the collector looks up. `!who rule` says that an asker turned out to be a machine. No line holds an
address or a user agent.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from mailexpert.intake.journal import Journal

OPEN_LINK = -1
SECONDS_OF_HOUR, SECONDS_OF_PART = 3600, 300
PERSONAL, VERDICT = b"~", b"!"

Answer = Callable[[bool], Any]


class Kind(IntEnum):
    """What a stored hit is; the numbers stand in tracking_rollup, as those below do."""

    OPEN = 1
    CLICK = 2
    MACHINE_OPEN = 3
    MACHINE_CLICK = 4


class Device(IntEnum):
    UNKNOWN = 0
    PHONE = 1
    TABLET = 2
    DESKTOP = 3


class Rule(IntEnum):
    """What made us call an asker a machine."""

    PERSON = 0
    PROGRAM = 1
    GMAIL = 2
    YAHOO = 3
    APPLE = 4
    PROXY = 5
    SCANNER = 6
    PREVIEW = 7
    NETWORK = 8
    PREFETCH = 9
    HIDDEN = 10
    AT_ONCE = 11
    ORDER = 12
    HEAD = 13
    TIMING = 14
    REPLAY = 15
    CROWD = 16


class Hit(NamedTuple):
    """A line, read back. `at` is in seconds since 1970 by the clock of the machine that stored it, known to `step`."""

    issue: int
    link: int
    kind: int
    device: int
    rule: int
    country: str
    at: int
    who: int = 0
    contact: int = 0
    step: int = SECONDS_OF_HOUR

    def by_machine(self, rule: int) -> "Hit":
        return self._replace(
            kind=self.kind + 2 if self.kind <= Kind.CLICK else self.kind, rule=rule, device=0
        )


def prefix(issue: int, link: int, is_open: bool, device: int, rule: int, country: str = "") -> bytes:
    """A hit's line but for its time. It names no person, and equal hits are equal lines; a machine has no device."""
    kind = (Kind.OPEN if is_open else Kind.CLICK) + (2 if rule else 0)
    return b"%d\t%d\t%d\t%d\t%d\t%b\t" % (issue, link, kind, 0 if rule else device, rule, country.encode())


def read(line: bytes) -> Hit:
    """Raises ValueError for what is no line of ours. Four columns were written before there were rules, seven before
    there were parts of an hour."""
    columns = line.removeprefix(PERSONAL).split(b"\t")
    if line.startswith(PERSONAL):
        issue, link, kind, device, rule, country, who, contact, at = columns
        return Hit(
            int(issue), int(link), int(kind), int(device), int(rule), country.decode(), int(at), int(who),
            int(contact), 1,
        )  # fmt: skip
    if len(columns) == 4:
        issue, link, kind, hour = columns
        columns = [issue, link, kind, b"0", b"1" if int(kind) > Kind.CLICK else b"0", b"", hour]
    issue, link, kind, device, rule, country, hour, *part = columns
    [seconds] = (int(one) * SECONDS_OF_PART for one in part or [b"0"])
    return Hit(
        int(issue), int(link), int(kind), int(device), int(rule), country.decode(),
        int(hour) * SECONDS_OF_HOUR + seconds, step=SECONDS_OF_PART if part else SECONDS_OF_HOUR,
    )  # fmt: skip


def verdicts(lines: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Who turned out to be a machine, and by which rule."""
    for line in lines:
        if line.startswith(VERDICT):
            who, rule = line[1:].split(b"\t")
            yield int(who), int(rule)


class HitDesk:
    """Stores the hits of one turn of the loop with one write, and answers them after it."""

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop) -> None:
        self._journal, self._loop = journal, loop
        self._lines: list[bytes] = []
        self._exact: list[bytes] = []
        self._whole: list[bytes] = []
        self._stored: asyncio.Future[bool] | None = None
        self.taken = 0

    def take(self, line: bytes) -> asyncio.Future[bool]:
        """Resolves to whether the hit is stored, at the end of this turn."""
        self._lines.append(line)
        return self._turn()

    def take_exact(self, line: bytes, who: int, contact: int) -> asyncio.Future[bool]:
        """The same for a hit of which more has to be known."""
        self._exact.append(b"~%b%d\t%d\t" % (line, who, contact))
        return self._turn()

    def judge(self, who: int, rule: int) -> None:
        """Write down that an asker is a machine; goes along with its hit of this turn."""
        self._whole.append(b"!%d\t%d\n" % (who, rule))
        self._turn()

    def _turn(self) -> asyncio.Future[bool]:
        if self._stored is None:
            self._stored = self._loop.create_future()
            self._loop.call_soon(self._store)
        return self._stored

    def _store(self) -> None:
        lines, exact, whole, stored = self._lines, self._exact, self._whole, self._stored
        assert stored is not None
        self._lines, self._exact, self._whole, self._stored = [], [], [], None
        now = int(time.time())
        if lines:
            ending = b"%d\t%d\n" % (now // SECONDS_OF_HOUR, now % SECONDS_OF_HOUR // SECONDS_OF_PART)
            whole.append(ending.join(lines) + ending)
        if exact:
            ending = b"%d\n" % now
            whole.append(ending.join(exact) + ending)
        try:
            self._journal.write(b"".join(whole))
        except OSError:
            stored.set_result(False)
            return
        self.taken += len(lines) + len(exact)
        stored.set_result(True)
