"""The intake's way to PostgreSQL: beside the wall, with a connection that comes back by itself."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg

CONNECT_SECONDS = 5
REST_SECONDS = 0.2  # after a failure: whoever waited behind it needn't wait through the same silence
AS_OWNER = "SET ROLE mailexpert_owner"
COMMITTED_MEANS_STORED = "SET synchronous_commit = on"
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError, OSError)

AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]


class DatabaseAway(Exception):
    """The database gives no answer now. Keep what came in and try again."""


class DatabaseRefuses(DatabaseAway):
    """The database answers, but not to this: keep it, try it apart from the rest, and have a look."""


def _trusted(statement: Any) -> LiteralString:
    return cast(LiteralString, statement)


def _statements() -> dict[str, LiteralString]:
    text = "\n".join(path.read_text() for path in sorted(Path(__file__).parent.glob("*.sql")))
    named = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    bodies = ["\n".join(row for row in body.splitlines() if not row.startswith("--")) for body in named[1::2]]
    return {name: _trusted(body.strip()) for name, body in zip(named[::2], bodies, strict=True)}


SQL = _statements()


class Line:
    """One connection for one task at a time. Whatever breaks it is DatabaseAway to who asked."""

    def __init__(self, url: str, *, seconds: float) -> None:
        self._url, self._seconds = url, seconds
        self._connection: AsyncConnection | None = None
        self._turn = asyncio.Lock()
        self._rests_until = 0.0

    @asynccontextmanager
    async def use(self) -> AsyncIterator[AsyncConnection]:
        """The connection, in a transaction that commits at the end. Raises DatabaseAway."""
        async with self._turn:
            if time.monotonic() < self._rests_until:
                raise DatabaseAway("it gave no answer a moment ago")
            try:
                async with asyncio.timeout(self._seconds):
                    connection = await self._ready()
                    async with connection.transaction():
                        yield connection
            except AWAY as problem:
                await self._drop()
                self._rests_until = time.monotonic() + REST_SECONDS
                raise DatabaseAway(str(problem)) from problem
            except psycopg.Error as problem:
                raise DatabaseRefuses(str(problem)) from problem
            except asyncio.CancelledError:
                await self._drop()  # half an answer may still be on its way
                raise

    async def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.use() as connection:
            return await (await connection.execute(SQL[statement], values)).fetchall()

    async def close(self) -> None:
        async with self._turn:
            await self._drop()

    async def _ready(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name="mailexpert-intake",
            )
            await self._connection.execute(AS_OWNER)
            await self._connection.execute(COMMITTED_MEANS_STORED)
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
