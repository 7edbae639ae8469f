"""Stopping: by one click in a mail program, or by a mail that it sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailexpert.base import keys
from mailexpert.intake.database import SQL, AsyncConnection, Line
from mailexpert.intake.desk import Desk

ONE_CLICK, MAILTO, COMPLAINT = 1, 3, 6
SOURCES = {ONE_CLICK: "one_click", MAILTO: "mailto", COMPLAINT: "complaint"}
PERSON = "consent person"


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRequest:
    """`at` is empty for a stop asked now: then the database's clock tells the time."""

    issue: int
    contact: int
    via: int
    at: datetime | None = None


class StopDesk(Desk[StopRequest]):
    what = "stops"

    def __init__(self, line: Line, folder: Path) -> None:
        super().__init__(folder)
        self._line = line

    async def commit(self, asked: Sequence[StopRequest]) -> None:
        """Store stops and end the memberships they are about, in one transaction. Raises DatabaseAway."""
        async with self._line.use() as connection:
            await connection.execute(SQL["lock_stops"])
            values = {
                "issues": [one.issue for one in asked],
                "contacts": [one.contact for one in asked],
                "vias": [one.via for one in asked],
                "times": [one.at for one in asked],
            }
            await write_ended(connection, await (await connection.execute(SQL["stop"], values)).fetchall())

    def written(self, asked: StopRequest, now: datetime) -> bytes:
        at = asked.at or now
        return b"%d\t%d\t%d\t%d" % (asked.issue, asked.contact, asked.via, int(at.timestamp()))

    def read(self, line: bytes) -> StopRequest:
        issue, contact, via, at = map(int, line.split(b"\t"))
        return StopRequest(issue=issue, contact=contact, via=via, at=datetime.fromtimestamp(at, UTC))


async def write_ended(connection: AsyncConnection, ended: Sequence[tuple[Any, ...]]) -> None:
    """A line in the ledger of consent for each membership that ended."""
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
