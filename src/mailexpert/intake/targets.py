"""Where a link leads: the issue's own table of targets, read once. Never anything from the address asked."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote, urlsplit, urlunsplit

from mailexpert.intake.database import DatabaseAway, Line

MOST_LINKS = 500_000  # kept by one process; about 100 MB when every target is long
LONGEST_TARGET = 8_000
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


class Targets:
    """The link tables of the issues that readers click in now."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._issues: dict[int, list[str | None]] = {}
        self._size = 0
        self._reading: dict[int, asyncio.Task[None]] = {}

    async def find(self, issue: int, link: int) -> str | None:
        """The address that a link leads to; None when there is none. Raises DatabaseAway."""
        if issue not in self._issues:
            await self._read_once(issue)
        table = self._issues.get(issue, [])
        return table[link] if link < len(table) else None

    async def _read_once(self, issue: int) -> None:
        """However many readers ask at the same moment, the table is read by one of them."""
        reading = self._reading.get(issue)
        if reading is None:
            reading = self._reading[issue] = asyncio.create_task(self._read(issue))
            reading.add_done_callback(lambda _done: self._reading.pop(issue, None))
        await asyncio.shield(reading)

    async def _read(self, issue: int) -> None:
        for found, links in await self._line.rows("issues", ids=[issue]):
            self._keep(found, [as_location(str(link)) for link in links])

    def _keep(self, issue: int, table: list[str | None]) -> None:
        if self._size + len(table) > MOST_LINKS:
            self._issues.clear()
            self._size = 0
        self._issues[issue] = table
        self._size += len(table)

    async def forget_deleted(self) -> set[int]:
        """Drop the tables of issues that no longer exist, and say which."""
        known: Sequence[int] = list(self._issues)
        try:
            left = {row[0] for row in await self._line.rows("known", ids=known)}
        except DatabaseAway:
            return set()
        gone = set(known) - left
        for issue in gone:
            self._size -= len(self._issues.pop(issue, []))
        return gone
