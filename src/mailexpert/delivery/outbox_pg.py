"""The outbox in PostgreSQL. Every statement stands in outbox.sql with its reason."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from mailexpert.delivery.ports import (
    PERSON,
    Claim,
    DatabaseAway,
    Errand,
    Issue,
    Outcome,
    Person,
    Retry,
    Settlement,
    Shard,
)
from mailexpert.delivery.relays import errand

CHANNEL = "mailexpert_outbox"
LEASE_SECONDS = 120.0
ANSWER_SECONDS = 30.0  # a database that is silent for longer is away; its answer is no permission any more
SETTINGS = ("SET ROLE mailexpert_owner", "SET synchronous_commit = on", "SET jit = off")
MAILING = 1
CIRCLE = re.compile(r"segment:([1-9][0-9]{0,18})\Z")
IN_CIRCLE = (
    ", coalesce((SELECT c.id = ANY(x.contact_ids) FROM sending_circle x WHERE x.account_id = %(account)s"
    " AND x.issue_id = %(issue)s AND x.segment_id = {segment} AND x.first <= c.id"
    " ORDER BY x.first DESC LIMIT 1), false)"
)
MEASURED = "measured"
# What a person said last of being measured: agreed, refused, or NULL for nothing. By the ledger's key on contacts, some
# 10 us a person, and only for mailings that follow persons.
SAID_OF_MEASURING = (
    ", (SELECT x.act = 1 FROM privacy_consent x WHERE x.account_id = %(account)s AND x.contact_id = turn.id"
    " AND (x.purpose = 'individual_measurement' OR x.act IN (3, 5)) ORDER BY x.id DESC LIMIT 1)"
)
COLUMN = re.compile(r"(|email|first_name|last_name|language|time_zone|[tndb](1?[0-9]|20))\Z")
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


def statements() -> dict[str, str]:
    """The statements of outbox.sql by name, without their comments."""
    text = (Path(__file__).parent / "outbox.sql").read_text()
    named = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    bodies = ["\n".join(row for row in body.splitlines() if not row.startswith("--")) for body in named[1::2]]
    return dict(zip(named[::2], bodies, strict=True))


SQL = statements()


class Line:
    """One connection that comes back by itself; whatever breaks it is DatabaseAway to who asked."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._connection is None or self._connection.closed:
                    self._connection = await self._connect()
                yield self._connection
        except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError, OSError) as problem:
            await self.close()
            raise DatabaseAway(str(problem)) from problem
        except asyncio.CancelledError:
            await self.close()  # half an answer may still be on its way
            raise

    async def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.use() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            row_factory=tuple_row,
            connect_timeout=10,
            application_name="mailexpert-delivery",
        )
        try:
            for setting in SETTINGS:
                await connection.execute(setting)
        except BaseException:  # it went away just now, or nobody waits for it any more
            await connection.close()
            raise
        return connection


class PgOutbox:
    """`work` claims and opens, `books` settles, so that neither waits for the other."""

    def __init__(self, url: str, lease_seconds: float = LEASE_SECONDS) -> None:
        self._lease = lease_seconds
        self._work, self._books, self._news = Line(url), Line(url), Line(url)
        self._working, self._booking = asyncio.Lock(), asyncio.Lock()
        self._reads: dict[tuple[str, ...], tuple[str, str]] = {}

    async def close(self) -> None:
        for line in (self._work, self._books, self._news):
            await line.close()

    async def _ask(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self._working:
            return await self._work.rows(SQL[name], **values)

    async def work(self, quiet: Sequence[int]) -> list[Errand]:
        return [errand(row) for row in await self._ask("work", quiet=list(quiet))]

    async def claim_shards(self, where: Claim, room: int) -> list[Shard]:
        rows = await self._ask("claim_shards", **_claim(where), room=room, lease=self._lease)
        names = ("account_id", "issue_id", "id", "upto", "size", "epoch")
        return [Shard(**dict(zip(names, row, strict=True))) for row in rows]

    async def claim_retries(self, where: Claim, room: int) -> list[Retry]:
        rows = await self._ask("claim_retries", **_claim(where), room=room, lease=self._lease)
        return [Retry(*row) for row in rows]

    async def load_issue(self, issue: int) -> Issue:
        async with self._working, self._work.use() as connection:
            cursor = await connection.execute(SQL["load_issue"], {"issue": issue})
            row = await cursor.fetchone()
            assert row is not None
            assert cursor.description is not None
            return Issue(**dict(zip([column.name for column in cursor.description], row, strict=True)))

    async def read_window(
        self, issue: Issue, columns: Sequence[str], shard: Shard, size: int
    ) -> list[Person]:
        statement = self._reading(columns)[0]
        return await self._people(statement, issue, shard=shard.id, upto=shard.upto, size=size)

    async def read_people(
        self, issue: Issue, columns: Sequence[str], contacts: Sequence[int]
    ) -> list[Person]:
        return await self._people(self._reading(columns)[1], issue, contacts=list(contacts))

    async def _people(self, statement: str, issue: Issue, **values: Any) -> list[Person]:
        about = {
            "account": issue.account_id,
            "issue": issue.id,
            "lists": list(issue.list_ids),
            "consent": issue.kind == MAILING,
        }
        async with self._working:
            rows = await self._work.rows(statement, **about, **values)
        return [PERSON((*row[:3], row[3:])) for row in rows]

    def _reading(self, columns: Sequence[str]) -> tuple[str, str]:
        """Both reading statements for the columns that an issue uses."""
        key = tuple(columns)
        if key not in self._reads:
            named = "".join(map(_selected, columns))
            people = SQL["people"].replace("{columns}", named)
            self._reads[key] = (
                SQL["read_window"].replace("{people}", people),
                SQL["read_people"].replace("{people}", people),
            )
        return self._reads[key]

    async def open_window(self, shard: Shard, size: int, skips: Mapping[int, int]) -> bool:
        rows = await self._ask(
            "open_window",
            shard=shard.id,
            epoch=shard.epoch,
            upto=shard.upto,
            size=size,
            lease=self._lease,
            skipped=list(skips),
            reasons=list(skips.values()),
        )
        return bool(rows[0][0])

    async def release_shard(self, shard: Shard) -> None:
        await self._ask("release_shard", shard=shard.id, epoch=shard.epoch)

    async def shard_stands_at(self, shard: Shard) -> int | None:
        """How far a shard of ours is marked; None once it is another's."""
        rows = await self._ask("shard_stands_at", shard=shard.id, epoch=shard.epoch)
        return rows[0][0] if rows else None

    async def issue_states(self, issues: Sequence[int]) -> dict[int, int]:
        return dict(await self._ask("issue_states", issues=list(issues)))

    async def set_reason(self, reason: str, issue: int) -> None:
        await self._ask("set_reason", reason=reason, issue=issue)

    async def set_relay_reason(self, relay: int, reason: str) -> None:
        await self._ask("set_relay_reason", relay=relay, reason=reason)

    async def tidy(self) -> None:
        """Write down whom a cancelled issue skipped, and finish the issues that have nothing left."""
        while await self._ask("skip_cancelled_shards"):
            pass
        await self._ask("skip_cancelled_retries")
        await self._ask("finish_issues")

    async def news(self, seconds: float) -> set[int]:
        """Issues that were started, paused, resumed or cancelled, as soon as there are any; else none, in
        time."""
        async with self._news.use() as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            notes = connection.notifies(timeout=seconds, stop_after=1)
            return {int(note.payload) async for note in notes if note.payload.isdecimal()}

    async def settle(self, settlement: Settlement) -> None:
        """Write down what came of a window, once: when the answer to the COMMIT is lost, ask what became of
        it."""
        if _is_usual(settlement) and await self._settle_sent(settlement):
            return
        transaction: list[str] = []
        async with self._booking:
            while True:
                try:
                    if not transaction or not await self._was_committed(transaction[-1]):
                        await self._settle(settlement, transaction)
                    return
                except DatabaseAway:
                    await asyncio.sleep(0.5)

    async def _settle_sent(self, found: Settlement) -> bool:
        """The short way; False when the database was away so long that it is no longer safe."""
        closes = found.closes
        values = {
            "account": found.account_id,
            "issue": found.issue_id,
            "contacts": [turn.contact_id for turn in found.sent],
            "shard": found.shards[0],
            "closes": closes is not None,
            "epoch": closes.epoch if closes else 0,
        }
        is_again = False
        async with self._booking:
            while True:
                try:
                    if found.is_late:
                        return is_again and await self._stands_written(found)
                    await self._settle_once(values)
                    return True
                except DatabaseAway:
                    is_again = True
                    await asyncio.sleep(0.5)
                except psycopg.errors.UniqueViolation:
                    if not is_again:
                        raise
                    return True  # it was committed; only the answer got lost

    async def _stands_written(self, found: Settlement) -> bool:
        """Whether the first turn of a window stands in the ledger, and so all of them."""
        turn = found.sent[0]
        about = {"issue": found.issue_id, "contact": turn.contact_id, "attempt": turn.attempt}
        return bool(await self._books.rows(SQL["stands_written"], **about))

    async def _settle_once(self, values: Mapping[str, Any]) -> None:
        await self._books.rows(SQL["settle_sent"], **values)

    async def _was_committed(self, transaction: str) -> bool:
        rows = await self._books.rows(SQL["was_committed"], transaction=transaction)
        if rows[0][0] == "in progress":
            raise DatabaseAway("the database has not noticed yet that the connection broke")
        return bool(rows[0][0] == "committed")

    async def _settle(self, found: Settlement, transaction: list[str]) -> None:
        about = {"account": found.account_id, "issue": found.issue_id}
        async with self._books.use() as connection, connection.transaction():
            counted = await _write_outcomes(connection, found, about)
            rows = await _raise_counters(connection, found, counted)
            if rows:
                transaction.append(rows[0][0])


def _is_usual(found: Settlement) -> bool:
    """Everyone was sent at the first attempt, and nobody can have ordered another since."""
    return bool(found.sent) and not (
        found.of_retries or found.outcomes or found.again or found.replies or found.is_late
    )


async def _write_outcomes(connection: Connection, found: Settlement, about: dict[str, int]) -> list[Outcome]:
    """Ledger, retries and replies; returns the outcomes that count for their shard."""
    if found.sent:
        sent = [Outcome(turn.shard_id, turn.contact_id, turn.attempt, SENT, 250) for turn in found.sent]
        found = replace(found, sent=(), outcomes=[*sent, *found.outcomes])
    passed_by = await _passed_by(connection, found, about)
    if found.outcomes:
        head = f"{found.account_id}\t{found.issue_id}\t"
        rows = [f"{head}{o.contact_id}\t{o.attempt}\t{o.outcome}\t{o.code}\n" for o in found.outcomes]
        cursor = connection.cursor()
        async with cursor.copy(SQL["copy_ledger"]) as copy:
            await copy.write("".join(rows))
    if found.of_retries:
        ended = await _end_retries(connection, found, about)
        return [o for o in found.outcomes if o.contact_id in ended and o.outcome in COUNTED]
    again = [a for a in found.again if a.contact_id not in passed_by]
    if again:
        await _do(connection, "add_retries", about, **_again_columns(again))
        await _do(connection, "reopen_issue", about)
    await _note_replies(connection, found, about)
    return [o for o in found.outcomes if o.contact_id not in passed_by and o.outcome in COUNTED]


SENT, FAILED, SKIPPED = 1, 2, 3
COUNTED = (SENT, FAILED, SKIPPED)


async def _passed_by(connection: Connection, found: Settlement, about: dict[str, int]) -> set[int]:
    if not found.is_late or found.of_retries:
        return set()
    contacts = [*(o.contact_id for o in found.outcomes), *(a.contact_id for a in found.again)]
    return {row[0] for row in await _do(connection, "ordered_meanwhile", about, contacts=contacts)}


async def _end_retries(connection: Connection, found: Settlement, about: dict[str, int]) -> set[int]:
    ended: set[int] = set()
    if found.outcomes:
        contacts, attempts = [o.contact_id for o in found.outcomes], [o.attempt for o in found.outcomes]
        rows = await _do(connection, "end_retries", about, contacts=contacts, attempts=attempts)
        ended = {row[0] for row in rows}
    if found.again:
        columns = _again_columns(found.again)
        del columns["shards"]
        tried = [again.tried for again in found.again]
        await _do(connection, "postpone_retries", about, tried=tried, **columns)
        await _do(connection, "reopen_issue", about)
    await _note_replies(connection, found, about)
    return ended


def _selected(column: str) -> str:
    """A column of a contact, whether they are in a segment as it was when sending began, or nothing. Raises
    ValueError."""
    circle = CIRCLE.match(column)
    if circle is not None:
        return IN_CIRCLE.format(segment=circle[1])
    if column == MEASURED:
        return SAID_OF_MEASURING
    if not COLUMN.match(column):
        raise ValueError(f"no columns of a contact: {column}")
    return f", c.{column}" if column else ", NULL"


def _again_columns(again: Sequence[Any]) -> dict[str, list[Any]]:
    return {
        "shards": [a.shard_id for a in again],
        "contacts": [a.contact_id for a in again],
        "attempts": [a.attempt for a in again],
        "waits": [a.wait for a in again],
        "codes": [a.code for a in again],
    }


async def _note_replies(connection: Connection, found: Settlement, about: dict[str, int]) -> None:
    if found.replies:
        contacts, attempts, texts = map(list, zip(*found.replies, strict=True))
        await _do(connection, "note_replies", about, contacts=contacts, attempts=attempts, texts=texts)


async def _raise_counters(
    connection: Connection, found: Settlement, counted: Sequence[Outcome]
) -> list[tuple[Any, ...]]:
    sums = {shard: [0, 0, 0, 0] for shard in found.shards}
    for outcome in counted:
        sums[outcome.shard_id][outcome.outcome] += 1
    closes = found.closes
    return await _do(
        connection,
        "raise_counters",
        {},
        shards=list(sums),
        sent=[each[SENT] for each in sums.values()],
        failed=[each[FAILED] for each in sums.values()],
        skipped=[each[SKIPPED] for each in sums.values()],
        closes=closes.id if closes else 0,
        epoch=closes.epoch if closes else 0,
    )


async def _do(
    connection: Connection, name: str, about: dict[str, int], **values: Any
) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(SQL[name], {**about, **values})
    return await cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


def _claim(where: Claim) -> dict[str, Any]:
    return {
        "pool": where.pool,
        "relays": list(where.relays),
        "lane": where.group,
        "held": list(where.held),
        "quiet": list(where.quiet),
    }
