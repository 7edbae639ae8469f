"""Where a link leads: the issue's own table of targets, read once. Never anything from the address asked."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from mailexpert.intake.database import DatabaseAway, Line

MOST_LINKS = 500_000  # kept by one process; about 100 MB when every target is long
LONGEST_TARGET = 8_000
LIVES_DAYS = 90  # a token dies so long after its mailing started; its link goes on leading where it led
ABSENT_SECONDS, MOST_ABSENT = 60.0, 100_000
UNRESERVED = "!#$%&'()*+,/:;=?@[]~-._"


def as_location(target: str) -> str | None:
    """A target as the Location field can carry it (RFC 9110, 10.2.2); None when it is no web address."""
    try:
        parts = urlsplit(target.strip())
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host or not target.isprintable():
            return None
        network = parts.netloc if parts.netloc.isascii() else _ascii_network(parts.netloc, host)
    except (ValueError, UnicodeError):
        return None
    location = quote(urlunsplit(parts._replace(netloc=network)), safe=UNRESERVED)
    return location if len(location) <= LONGEST_TARGET else None


def _ascii_network(network: str, host: str) -> str:
    return network.lower().replace(host, host.encode("idna").decode())


@dataclass(frozen=True, slots=True)
class Facts:
    """What an issue says about its links. `until`: seconds since 1970; a hit after that isn't stored any more."""

    account: int
    targets: Sequence[str | None]
    until: float
    is_measured: bool
    mode: str = ""

    def target(self, link: int) -> str | None:
        return self.targets[link] if 0 <= link < len(self.targets) else None


class Targets:
    """The link tables of the issues that readers click in now."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._issues: dict[int, Facts] = {}
        self._absent: dict[int, float] = {}
        self._size = 0
        self._reading: dict[int, asyncio.Task[None]] = {}

    async def find(self, issue: int) -> Facts | None:
        """What is known of an issue; None when there is none. Raises DatabaseAway."""
        found = self._issues.get(issue)
        if found is None and self._absent.get(issue, 0.0) < time.monotonic():
            await self._read_once(issue)
            found = self._issues.get(issue)
        return found

    async def _read_once(self, issue: int) -> None:
        """However many readers ask at the same moment, the table is read by one of them."""
        reading = self._reading.get(issue)
        if reading is None:
            reading = self._reading[issue] = asyncio.create_task(self._read(issue))
            reading.add_done_callback(lambda _done: self._reading.pop(issue, None))
        await asyncio.shield(reading)

    async def _read(self, issue: int) -> None:
        rows = await self._line.rows("issues", ids=[issue], days=LIVES_DAYS)
        if not rows:
            # A flood of clicks in a mailing that was deleted must not become a flood of questions.
            if len(self._absent) >= MOST_ABSENT:
                self._absent.clear()
            self._absent[issue] = time.monotonic() + ABSENT_SECONDS
        for found, account, links, tracking, until in rows:
            table = [as_location(str(link)) for link in links]
            self._keep(found, Facts(account, table, until, tracking != "none", tracking))

    def _keep(self, issue: int, facts: Facts) -> None:
        if self._size + len(facts.targets) > MOST_LINKS:
            self._issues.clear()
            self._size = 0
        self._issues[issue] = facts
        self._size += len(facts.targets)

    async def forget_deleted(self) -> set[int]:
        """Drop the tables of issues that no longer exist, and say which."""
        known: Sequence[int] = list(self._issues)
        try:
            left = {row[0] for row in await self._line.rows("known", ids=known)}
        except DatabaseAway:
            return set()
        gone = set(known) - left
        for issue in gone:
            self._size -= len(self._issues.pop(issue).targets) if issue in self._issues else 0
        return gone


class Pixels:
    """Of which accounts the counting picture counts now; nobody's while the operator turned all of them off. What the
    collector finds when it counts decides; this is for the answer."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._on: frozenset[int] = frozenset()

    def count_for(self, account: int) -> bool:
        return account in self._on

    async def refresh(self) -> None:
        """Keeps what it knows while the database is away."""
        with suppress(DatabaseAway):
            self._on = frozenset(row[0] for row in await self._line.rows("pixels"))
