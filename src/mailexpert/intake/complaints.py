"""Complaints: a reader marked a mail as spam. Whoever brings it says by our own token whose mail it was, and puts it on
this desk; now that is the mailbox of feedback reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailexpert.base import keys
from mailexpert.intake.database import SQL, AsyncConnection, Line
from mailexpert.intake.desk import Desk
from mailexpert.intake.stops import COMPLAINT, PERSON, SOURCES, write_ended

REPORT = 1  # by mail (RFC 5965)


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """`account`: at whose address it came in; 0 is the installation's, where anybody's mail may be complained of.
    `at` is empty for one that comes now: then the database's clock tells the time."""

    issue: int
    contact: int
    via: int
    account: int = 0
    at: datetime | None = None


class ComplaintDesk(Desk[Complaint]):
    what = "complaints"

    def __init__(self, line: Line, folder: Path) -> None:
        super().__init__(folder)
        self._line = line

    async def commit(self, asked: Sequence[Complaint]) -> None:
        """Store complaints and block who complained, in one transaction. Of a mail that was complained of before
        nothing is done: who came back since stays, however often an old report is sent again. Raises DatabaseAway."""
        async with self._line.use() as connection:
            await connection.execute(SQL["lock_stops"])
            values = {
                "accounts": [one.account for one in asked],
                "issues": [one.issue for one in asked],
                "contacts": [one.contact for one in asked],
                "vias": [one.via for one in asked],
                "times": [one.at for one in asked],
            }
            new = await (await connection.execute(SQL["complain"], values)).fetchall()
            if not new:
                return
            known = {
                "accounts": [account for account, *_rest in new],
                "issues": [issue for _account, issue, *_rest in new],
                "contacts": [contact for _account, _issue, contact, *_rest in new],
                "times": [at for *_rest, at, _email_key in new],
            }
            ended = await (await connection.execute(SQL["block"], known)).fetchall()
            await write_ended(connection, ended)
            await _write_objections(connection, new)
            await connection.execute(SQL["forget_activity"], known)

    def written(self, asked: Complaint, now: datetime) -> bytes:
        at = int((asked.at or now).timestamp())
        return b"%d\t%d\t%d\t%d\t%d" % (asked.issue, asked.contact, asked.via, asked.account, at)

    def read(self, line: bytes) -> Complaint:
        issue, contact, via, account, at = map(int, line.split(b"\t"))
        when = datetime.fromtimestamp(at, UTC)
        return Complaint(issue=issue, contact=contact, via=via, account=account, at=when)


async def _write_objections(connection: AsyncConnection, new: Sequence[tuple[Any, ...]]) -> None:
    """Who complains objects to all mail; of a contact that is no longer there nobody knows the pseudonym."""
    lines = [
        {
            "account": account, "contact": contact, "issue": issue, "at": at,
            "person": keys.keyed_hash(email_key, PERSON), "source": SOURCES[COMPLAINT],
        }
        for account, issue, contact, at, email_key in new
        if email_key is not None
    ]  # fmt: skip
    if lines:
        await connection.cursor().executemany(SQL["consent_objected"], lines)
