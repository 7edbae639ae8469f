"""From what pages of accounts told to conversions. Pure, but for `store` at the end: goals, issues and consents come in
as they are when it is stored, whatever held when the page told it."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mailexpert.intake import counting
from mailexpert.intake.collector import Connection, known
from mailexpert.intake.database import SQL
from mailexpert.intake.hits import SECONDS_OF_HOUR
from mailexpert.intake.sites import Told
from mailexpert.mail import goals
from mailexpert.mail.attribution import NOTHING, USUAL_DAYS, Channel, Touch, last_click

SMALLEST_AUDIENCE = 20  # of fewer readers an order could say whose it was
HOURS_OF_DAY = 24
ZONE = "Europe/Amsterdam"  # by whose days reports count (config.settings.TIME_ZONE)
COLUMNS = (
    "accounts", "goals", "hours", "channels", "issues", "links", "sources", "mediums", "campaigns", "currencies",
    "orders", "contacts", "ns", "cents",
)  # fmt: skip


class Goal(NamedTuple):
    id: int
    kind: str
    pattern: str
    event: str

    def is_reached(self, told: Told) -> bool:
        if self.kind == "page":
            return not told.goal and goals.matches(self.pattern, told.page)
        return bool(told.goal) and told.goal == self.event


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the database says now: goals and window by account; of issues that went to enough people the account; who
    may be followed, by issue and contact."""

    goals: Mapping[int, Collection[Goal]]
    windows: Mapping[int, int]
    issues: Mapping[int, int]
    people: Mapping[tuple[int, int], counting.Known]


def read(lines: Iterable[bytes], *, ahead: float, now: float) -> list[tuple[Told, int]]:
    """What was told with how often, by the database's clock. Raises ValueError for what is no line of ours."""
    found = []
    for line, n in Counter(lines).items():
        fields = json.loads(line)
        del fields["site"]
        told = Told(**fields)
        found.append((told, _right(told.hour, ahead, now), n))
    return [(Told(**{**_fields(told), "hour": hour}), n) for told, hour, n in found]


def _fields(told: Told) -> dict[str, Any]:
    return {name: getattr(told, name) for name in Told.__slots__}


def _right(hour: int, ahead: float, now: float) -> int:
    moved = counting.right(hour * SECONDS_OF_HOUR, ahead, now, step=SECONDS_OF_HOUR)
    return moved // SECONDS_OF_HOUR


def conversions(found: Iterable[tuple[Told, int]], now: Known) -> dict[str, list[object]]:
    """The columns of the statement `convert`. Of an order only one counts, however often it was told."""
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for told, n in found:
        for goal in now.goals.get(told.account, ()):
            if goal.is_reached(told):
                times = 1 if told.order else n
                row = sums[_row(told, goal, _click(told, now))]
                row[0] = 1 if told.order else row[0] + times
                row[1] = told.cents if told.order else row[1] + told.cents * times
    rows = [(*key, *worth) for key, worth in sorted(sums.items(), key=lambda one: str(one[0]))]
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    return {name: list(column) for name, column in zip(COLUMNS, columns, strict=True)}


def _row(told: Told, goal: Goal, click: Touch) -> tuple[object, ...]:
    currency = told.currency if goal.kind == "value" else ""
    return (
        told.account, goal.id, told.hour, int(click.channel), click.issue, click.link, click.source, click.medium,
        click.campaign, currency, told.order, click.contact,
    )  # fmt: skip


def _click(told: Told, now: Known) -> Touch:
    """What it is counted for: a mail only where it went to enough people, a person only while their consent stands."""
    touch = Touch(
        channel=Channel(told.channel), day=told.day, issue=told.issue, link=told.link, contact=told.contact,
        source=told.source, medium=told.medium, campaign=told.campaign,
    )  # fmt: skip
    if touch.channel == Channel.MAIL:
        person = now.people.get((touch.issue, touch.contact))
        follows = person is not None and person.mode == counting.INDIVIDUAL
        if now.issues.get(touch.issue) != told.account:
            return NOTHING
        touch = (
            touch
            if follows
            else Touch(channel=Channel.MAIL, day=touch.day, issue=touch.issue, link=touch.link)
        )
    window = now.windows.get(told.account, USUAL_DAYS)
    return last_click([touch], day=told.hour // HOURS_OF_DAY, window=window)


def store(connection: Connection, lines: list[bytes], *, clock: float, here: float) -> None:
    """`clock`: the database's; `here`: ours, in seconds since 1970."""
    found = read(lines, ahead=clock - here, now=clock)
    rows = conversions(found, _known(connection, found))
    if rows["accounts"]:
        connection.execute(SQL["convert"], {**rows, "zone": ZONE})
    seen = sorted({(told.account, told.host) for told, _n in found})
    accounts, hosts = map(list, zip(*seen, strict=True))
    last = max(told.hour for told, _n in found) * SECONDS_OF_HOUR + SECONDS_OF_HOUR
    connection.execute(SQL["seen"], {"accounts": accounts, "hosts": hosts, "at": min(clock, last)})


def _known(connection: Connection, found: list[tuple[Told, int]]) -> Known:
    accounts = sorted({told.account for told, _n in found})
    issues = sorted({told.issue for told, _n in found if told.issue})
    by_account: dict[int, list[Goal]] = defaultdict(list)
    for account, *goal in connection.execute(SQL["goals"], {"accounts": accounts}):
        by_account[account].append(Goal(*goal))
    enough = connection.execute(SQL["enough"], {"ids": issues, "least": SMALLEST_AUDIENCE}).fetchall()
    return Known(
        goals=by_account,
        windows=dict(connection.execute(SQL["windows"], {"accounts": accounts}).fetchall()),
        issues=dict(enough),
        people=known(connection, {(told.issue, told.contact) for told, _n in found if told.contact}),
    )


def of_sites(lines: bytes) -> Iterator[bytes]:
    """The lines in a file of visits that accounts' pages told."""
    return (line for line in lines.splitlines() if line.startswith(b'{"site":'))
