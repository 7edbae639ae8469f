"""What must not be lost: committed before it is answered, or forced to the disk while the database is away."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from mailexpert.intake.database import DatabaseAway, DatabaseRefuses
from mailexpert.intake.journal import Finished, Journal, finished

MOST_AT_ONCE = 500
PROBE_SECONDS = 0.2  # between two looks whether the database is back: the engine must not send first
LOOK_AGAIN_SECONDS = 30.0  # after something that the database refuses

Asked = TypeVar("Asked")

log = structlog.get_logger()


class Kept(Enum):
    """How safe something is when it can be answered."""

    COMMITTED = 200
    ON_DISK = 202


class Desk(ABC, Generic[Asked]):
    """Takes what is asked and commits all that waits together, one transaction at a time. What is carried out twice, by
    a process that died in between, must be the same as once."""

    what = ""  # in the log, and the folder's name

    def __init__(self, folder: Path) -> None:
        self._folder = folder / self.what
        self._journal = Journal(self._folder, synced=True)
        self._waiting: list[tuple[Asked, asyncio.Future[Kept]]] = []
        self._wake = asyncio.Event()
        self._replay_at = 0.0

    @abstractmethod
    async def commit(self, asked: Sequence[Asked]) -> None:
        """Carry out, in one transaction. Raises DatabaseAway."""

    @abstractmethod
    def written(self, asked: Asked, now: datetime) -> bytes:
        """As one line, without its end."""

    @abstractmethod
    def read(self, line: bytes) -> Asked:
        """The same back. Raises ValueError for what is no line of ours."""

    async def take(self, asked: Asked) -> Kept:
        """Returns when it is stored. Raises JournalFull when neither database nor disk takes it."""
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

    async def _settle(self, batch: Sequence[tuple[Asked, asyncio.Future[Kept]]]) -> None:
        try:
            await self.commit([asked for asked, _done in batch])
        except DatabaseAway as problem:
            log.warning("to the disk until the database takes it", group=self.what, problem=str(problem))
            await self._to_disk(batch)
        else:
            _answer(batch, Kept.COMMITTED)

    async def _to_disk(self, batch: Sequence[tuple[Asked, asyncio.Future[Kept]]]) -> None:
        now = datetime.now(UTC)
        lines = b"".join(self.written(asked, now) + b"\n" for asked, _done in batch)
        try:
            await asyncio.to_thread(self._journal.write, lines)
        except OSError as problem:
            for _asked, done in batch:
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
                    log.info("from the disk to the database", group=self.what, file=file.name)
                else:
                    self._replay_at = time.monotonic() + LOOK_AGAIN_SECONDS
        except DatabaseAway:
            return
        except OSError as problem:
            log.error("what lies on the disk can't be read", group=self.what, problem=str(problem))
            self._replay_at = time.monotonic() + LOOK_AGAIN_SECONDS

    async def _replay_file(self, file: Finished) -> bool:
        """Whether all of it is in the database. One that the database refuses stays, and holds up no other."""
        refused = 0
        for asked in self._chunks(file):
            try:
                await self.commit(asked)
            except DatabaseRefuses:
                for one in asked:
                    refused += await self._is_refused(one)
        return not refused

    async def _is_refused(self, asked: Asked) -> bool:
        try:
            await self.commit([asked])
        except DatabaseRefuses as problem:
            log.error("the database refuses it", group=self.what, problem=str(problem))
            return True
        return False

    def _chunks(self, file: Finished) -> Iterator[list[Asked]]:
        asked = []
        for line in file.lines.splitlines():
            try:
                asked.append(self.read(line))
            except ValueError:
                log.error("a line can't be read", group=self.what, file=file.name)
        for begin in range(0, len(asked), MOST_AT_ONCE):
            yield asked[begin : begin + MOST_AT_ONCE]


def _answer(batch: Sequence[tuple[Asked, asyncio.Future[Kept]]], kept: Kept) -> None:
    for _asked, done in batch:
        if not done.done():
            done.set_result(kept)
