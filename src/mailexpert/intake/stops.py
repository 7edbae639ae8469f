"""Stopping: committed before it is answered, or forced to the disk while the database is away."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import structlog

from mailexpert.base import keys
from mailexpert.intake.database import SQL, AsyncConnection, DatabaseAway, DatabaseRefuses, Line
from mailexpert.intake.journal import Finished, Journal, finished

MOST_AT_ONCE = 500
PROBE_SECONDS = 0.2  # between two looks whether the database is back: the engine must not send first
LOOK_AGAIN_SECONDS = 30.0  # after a stop that the database refuses
ONE_CLICK, MAILTO = 1, 3
SOURCES = {ONE_CLICK: "one_click", MAILTO: "mailto"}
PERSON = "consent person"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRequest:
    """`at` is empty for a stop asked now: then the database's clock tells the time."""

    issue: int
    contact: int
    via: int
    at: datetime | None = None


class Kept(Enum):
    """How safe a stop is when it can be answered."""

    COMMITTED = 200
    ON_DISK = 202


class StopDesk:
    """Takes stops and commits all that wait together, one transaction at a time."""

    def __init__(self, line: Line, folder: Path) -> None:
        self._line, self._folder = line, folder
        self._journal = Journal(folder, synced=True)
        self._waiting: list[tuple[StopRequest, asyncio.Future[Kept]]] = []
        self._wake = asyncio.Event()
        self._replay_at = 0.0

    async def stop(self, asked: StopRequest) -> Kept:
        """Returns when the stop is stored. Raises JournalFull when neither database nor disk takes it."""
        done: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, done))
        self._wake.set()
        return await done

    async def run(self) -> None:
        """Commit what is asked, and what lies on the disk, until cancelled."""
        while True:
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._settle(batch)
            await self._replay()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), PROBE_SECONDS)

    async def _settle(self, batch: Sequence[tuple[StopRequest, asyncio.Future[Kept]]]) -> None:
        asked = [request for request, _done in batch]
        try:
            await commit(self._line, asked)
        except DatabaseAway as problem:
            log.warning("stops go to the disk until the database takes them", problem=str(problem))
            await self._to_disk(batch)
        else:
            _answer(batch, Kept.COMMITTED)

    async def _to_disk(self, batch: Sequence[tuple[StopRequest, asyncio.Future[Kept]]]) -> None:
        now = datetime.now(UTC)
        lines = b"".join(_as_line(request, now) for request, _done in batch)
        try:
            await asyncio.to_thread(self._journal.write, lines)
        except OSError as problem:
            for _request, done in batch:
                if not done.done():
                    done.set_exception(problem)
        else:
            _answer(batch, Kept.ON_DISK)

    async def _replay(self) -> None:
        """Bring what lies on the disk to the database, also what a killed process left."""
        if time.monotonic() < self._replay_at:
            return
        try:
            self._journal.finish()
            for file in await asyncio.to_thread(lambda: list(finished(self._folder))):
                if await self._replay_file(file):
                    file.delete()
                    log.info("stops from the disk are in the database", file=file.name)
                else:
                    self._replay_at = time.monotonic() + LOOK_AGAIN_SECONDS
        except DatabaseAway:
            return
        except OSError as problem:
            log.error("stops on the disk can't be read", problem=str(problem))
            self._replay_at = time.monotonic() + LOOK_AGAIN_SECONDS

    async def _replay_file(self, file: Finished) -> bool:
        """Whether all of it is in the database. One that the database refuses stays, and holds up no other."""
        refused = 0
        for asked in _chunks(file):
            try:
                await commit(self._line, asked)
            except DatabaseRefuses:
                for one in asked:
                    refused += await self._is_refused(one)
        return not refused

    async def _is_refused(self, asked: StopRequest) -> bool:
        try:
            await commit(self._line, [asked])
        except DatabaseRefuses as problem:
            log.error("the database refuses a stop", issue=asked.issue, problem=str(problem))
            return True
        return False


async def commit(line: Line, asked: Sequence[StopRequest]) -> None:
    """Store stops and end the memberships they are about, in one transaction. Raises DatabaseAway."""
    async with line.use() as connection:
        await connection.execute(SQL["lock_stops"])
        values = {
            "issues": [one.issue for one in asked],
            "contacts": [one.contact for one in asked],
            "vias": [one.via for one in asked],
            "times": [one.at for one in asked],
        }
        ended = await (await connection.execute(SQL["stop"], values)).fetchall()
        await _write_consent(connection, ended)


async def _write_consent(connection: AsyncConnection, ended: Sequence[tuple[Any, ...]]) -> None:
    lines = [
        {
            "account": account,
            "list": list_id,
            "contact": contact,
            "issue": issue,
            "ground": ground,
            "at": at,
            "purpose": purpose,
            "person": keys.keyed_hash(email_key, PERSON),
            "source": SOURCES[via],
        }
        for account, list_id, contact, issue, ground, at, purpose, email_key, via in ended
    ]
    if lines:
        await connection.cursor().executemany(SQL["consent_ended"], lines)


def _answer(batch: Sequence[tuple[StopRequest, asyncio.Future[Kept]]], kept: Kept) -> None:
    for _request, done in batch:
        if not done.done():
            done.set_result(kept)


def _as_line(asked: StopRequest, now: datetime) -> bytes:
    at = asked.at or now
    return b"%d\t%d\t%d\t%d\n" % (asked.issue, asked.contact, asked.via, int(at.timestamp()))


def _chunks(file: Finished) -> Iterator[list[StopRequest]]:
    asked = []
    for line in file.lines.splitlines():
        try:
            issue, contact, via, at = map(int, line.split(b"\t"))
        except ValueError:
            log.error("a line of stops can't be read", file=file.name)
            continue
        asked.append(StopRequest(issue=issue, contact=contact, via=via, at=datetime.fromtimestamp(at, UTC)))
    for begin in range(0, len(asked), MOST_AT_ONCE):
        yield asked[begin : begin + MOST_AT_ONCE]
