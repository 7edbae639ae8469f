"""Keeps caught mails in the database: all that wait together, with one statement."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import lru_cache
from typing import Any

import psycopg
import structlog

from mailexpert.catcher.session import Mail

MOST_KEPT = 20_000
DAYS_KEPT = 7
MOST_AT_ONCE = 400
WRITERS = 2  # one gathers while the other waits for its commit
TIDY_PAUSE = 5.0
ANSWER_SECONDS = 10.0
LONGEST_SUBJECT = 998
SEARCHED_HEAD = 64 * 1024

# One round trip. COPY takes three, which costs more than it gains with the few mails that wait at a time.
KEEP = """
    INSERT INTO sending_caughtmail (mail_from, rcpt_to, subject, raw, size, account_id)
    SELECT sender, string_to_array(recipients, E'\\n'), subject, raw, length(raw), account
    FROM unnest(%s::text[], %s::text[], %s::text[], %b::bytea[], %s::bigint[])
         AS mail (sender, recipients, subject, raw, account)
"""
TIDY = """
    DELETE FROM sending_caughtmail
    WHERE at < now() - make_interval(days => %(days)s)
       OR id <= (SELECT id FROM sending_caughtmail ORDER BY id DESC OFFSET %(most)s LIMIT 1)
"""
SUBJECT = re.compile(rb"^subject:[ \t]*((?:[^\r\n]*)(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
# Our own mails say which account they are of (mail/compose.py); a stranger's belong to none.
ACCOUNT = re.compile(rb"^feedback-id:[ \t]*i[0-9]+:a([0-9]{1,18}):", re.IGNORECASE | re.MULTILINE)

Connection = psycopg.AsyncConnection[Any]
Batch = Sequence[tuple[Mail, asyncio.Future[None]]]

log = structlog.get_logger()


class NotKept(Exception):
    """The database doesn't take the mail now; whoever sent it should try again."""


class Store:
    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: list[tuple[Mail, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._untidied = True
        self.kept = 0

    async def keep(self, mail: Mail) -> None:
        """Returns when the mail is committed. Raises NotKept."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mail, done))
        self._wake.set()
        await done

    async def run(self) -> None:
        """Commit what waits, until cancelled."""
        await asyncio.gather(*(self._write() for _ in range(WRITERS)))

    async def _write(self) -> None:
        connection: Connection | None = None
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await asyncio.sleep(0)  # whose mail is on the wire already comes along
                    batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                    connection = await self._commit(batch, connection) if batch else connection
        finally:
            if connection is not None:
                await connection.close()

    async def tidy(self) -> None:
        """Delete the oldest, until cancelled."""
        while True:
            await asyncio.sleep(TIDY_PAUSE)
            if not self._untidied:
                continue
            try:
                async with await self._connect() as own:
                    await own.execute(TIDY, {"days": DAYS_KEPT, "most": MOST_KEPT})
                self._untidied = False
            except (psycopg.Error, OSError) as problem:
                log.warning("old mails could not be deleted", problem=str(problem))

    async def _commit(self, batch: Batch, connection: Connection | None) -> Connection | None:
        """Store and tell who waits; gives the connection back as long as it is good."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if connection is None:
                    connection = await self._connect()
                columns = [list(column) for column in zip(*(_as_row(mail) for mail, _ in batch), strict=True)]
                await connection.execute(KEEP, columns, prepare=True)
        except Exception as problem:  # whatever it is, who waits must hear it and the next mail have its turn
            log.warning("mail not kept", problem=repr(problem))
            _tell(batch, NotKept(str(problem)))
            if connection is not None:
                await connection.close()
            return None
        self.kept += len(batch)
        self._untidied = True
        _tell(batch, None)
        return connection

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=5, application_name="mailexpert-catcher"
        )
        await connection.execute("SET ROLE mailexpert_owner")
        # A power cut may take the last caught mails with it; they are copies for looking at.
        await connection.execute("SET synchronous_commit = off")
        return connection


def _tell(batch: Batch, problem: Exception | None) -> None:
    for _mail, done in batch:
        if done.done():
            continue
        if problem is None:
            done.set_result(None)
        else:
            done.set_exception(problem)


def _as_row(mail: Mail) -> tuple[Any, ...]:
    end = mail.raw.find(b"\r\n\r\n", 0, SEARCHED_HEAD)
    head = mail.raw[: end + 2 if end >= 0 else SEARCHED_HEAD]
    subject, account = SUBJECT.search(head), ACCOUNT.search(head)
    return (
        mail.sender,
        "\n".join(mail.recipients),
        readable(subject[1]) if subject else "",
        mail.raw,
        int(account[1]) if account else None,
    )


@lru_cache(maxsize=1024)
def readable(subject: bytes) -> str:
    """A subject's text, its encoded words decoded (RFC 2047); what can't be decoded stays as it came."""
    text = re.sub(rb"\r?\n([ \t])", rb"\1", subject[: 4 * LONGEST_SUBJECT]).decode("utf-8", "replace").strip()
    if "=?" in text:
        with suppress(HeaderParseError, LookupError, UnicodeError, ValueError):
            text = str(make_header(decode_header(text)))
    return text.replace("\0", "")[:LONGEST_SUBJECT]
