"""Decisions about a mailing, on values alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Level = Literal["block", "warn", "ok"]

# What may follow what. From `sent` a mailing returns only with its issue, for people in doubt; from `cancelled` never.
FOLLOWS: dict[str, frozenset[str]] = {
    "draft": frozenset({"scheduled", "sending"}),
    "scheduled": frozenset({"scheduled", "draft", "sending", "cancelled"}),
    "sending": frozenset({"paused", "cancelled", "sent"}),
    "paused": frozenset({"sending", "cancelled"}),
    "sent": frozenset({"sending"}),
    "cancelled": frozenset(),
}
NOBODY = "audience_empty"
FARTHEST = timedelta(days=366)


class NotNow(Exception):
    """The mailing is in another state than this step needs."""


class BadTime(Exception):
    """A mailing is sent at a moment between now and a year from now."""


def check_step(state: str, wanted: str) -> None:
    if wanted not in FOLLOWS[state]:
        raise NotNow(state)


def check_time(at: datetime, now: datetime) -> None:
    if not now < at <= now + FARTHEST:
        raise BadTime


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the list before sending: what was looked at, whether it holds, and where to mend it; `page` when
    that is on another page. `title` and `detail`: the text in two, where its first sentence isn't enough."""

    code: str
    level: Level
    text: str
    where: str
    page: str = ""
    title: str = ""
    detail: str = ""

    @property
    def line(self) -> str:
        """Among others of its kind it needs no full stop."""
        return self.text.removesuffix(".")

    @property
    def head(self) -> str:
        return self.title or self.text.partition(". ")[0].removesuffix(".")

    @property
    def rest(self) -> str:
        return self.detail if self.title else self.text.partition(". ")[2]

    @property
    def anchor(self) -> str:
        """The part of the compose page where it is mended."""
        if self.where.startswith("block:"):
            return f"block-{self.where.removeprefix('block:')}"
        if self.where.startswith("source"):
            return "id_source"
        return {
            "subject": "id_subject",
            "preheader": "id_preheader",
            "sender": "id_sender",
            "audience": "audience",
        }.get(self.where, "")


def may_send(checks: list[Check]) -> bool:
    return all(check.level != "block" for check in checks)


def may_plan(checks: list[Check]) -> bool:
    """For later: who rests today may be mailed by then, and people may come."""
    return may_send([check for check in checks if check.code != NOBODY])


def time_left(done: int, planned: int, seconds: float) -> timedelta | None:
    """What remains at the pace so far; unknown in the first seconds and once nothing remains."""
    if seconds < 2 or done <= 0 or done >= planned:
        return None
    return timedelta(seconds=seconds / done * (planned - done))
