"""What a report may say of what readers did, so that nobody learns what one of them did.

Every figure is about at least `SMALLEST_GROUP` people, any of whom could have done it:

- of a mailing that fewer got, nothing is told, not even a sum;
- a link's clicks are told where at least as many are known to have seen it. One other link (for a small segment, or
  under a condition that nobody can count) takes the sums with it: a sum minus the links that are told is that link;
- hours before that many had the mail are told together with the hour in which they had, and so are five minutes;
- a property of readers (device, provider, country) is told where it has that many hits, and what remains does too.

Whether something is told hangs on who could have seen it, never on whether somebody clicked; else its absence would
tell. Pure: values in, values out."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from mailexpert.core.report_sections import SMALLEST_GROUP
from mailexpert.tracking.rules import Hour

OTHER = ""  # the name of what is told together


@dataclass(frozen=True, kw_only=True)
class Sums:
    opens: int = 0
    clicks: int = 0
    machine_opens: int = 0
    machine_clicks: int = 0


@dataclass(frozen=True, kw_only=True)
class Link:
    """`base`: how many people surely saw it; None where nobody knows."""

    number: int
    base: int | None
    clicks: int = 0
    machine_clicks: int = 0

    @property
    def may_be_told(self) -> bool:
        return self.base is not None and self.base >= SMALLEST_GROUP


@dataclass(frozen=True, kw_only=True)
class Cell:
    name: str
    clicks: int | None = None
    opens: int | None = None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured, as it is; `parts` are the five minutes of its first hours. `many_from`: since when the
    smallest group had the mail; None while unknown."""

    sent: int
    sums: Sums
    links: Sequence[Link] = ()
    many_from: datetime | None = None
    hours: Sequence[Hour] = ()
    parts: Sequence[Hour] = ()
    machines: Sequence[Cell] = ()
    properties: Mapping[str, Sequence[Cell]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What may be told. `sums` None: nothing at all, for so few. `untold`: links that are left out, of which the sums
    know nothing either, and with which the other splits are left out."""

    sums: Sums | None = None
    links: tuple[Link, ...] = ()
    untold: int = 0
    hours: tuple[Hour, ...] = ()
    parts: tuple[Hour, ...] = ()
    machines: tuple[Cell, ...] = ()
    properties: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)

    @property
    def is_withheld(self) -> bool:
        return self.sums is None

    @property
    def is_whole(self) -> bool:
        """Nothing is left out, so that it may be split further."""
        return self.sums is not None and not self.untold


def tell(found: Measured) -> Told:
    if found.sent < SMALLEST_GROUP:
        return Told(untold=len(found.links))
    links = tuple(link for link in found.links if link.may_be_told)
    untold = len(found.links) - len(links)
    if untold:
        return Told(sums=_sums_of(links, found.sums), links=links, untold=untold)
    return Told(
        sums=found.sums,
        links=links,
        hours=hours(found.hours, found.many_from),
        parts=_steps(found.parts, found.many_from, minutes=5),
        machines=tuple(found.machines),
        properties={
            name: _cells(cells, found.sums.clicks, found.sums.opens)
            for name, cells in found.properties.items()
        },
    )


def _sums_of(links: Iterable[Link], whole: Sums) -> Sums:
    """Of the links that are told alone. Opens know nothing of links."""
    links = tuple(links)
    return Sums(
        clicks=sum(link.clicks for link in links),
        machine_clicks=sum(link.machine_clicks for link in links),
        opens=whole.opens,
        machine_opens=whole.machine_opens,
    )


def hours(found: Sequence[Hour], many_from: datetime | None) -> tuple[Hour, ...]:
    """Of a mailing that is told whole."""
    return _steps(found, many_from, minutes=60)


def _steps(steps: Sequence[Hour], many_from: datetime | None, *, minutes: int) -> tuple[Hour, ...]:
    if many_from is None:
        return ()
    first = many_from.replace(minute=many_from.minute // minutes * minutes, second=0, microsecond=0)
    begin = bisect_right(steps, first, key=attrgetter("at"))
    early, late = steps[:begin], steps[begin:]
    if not early:
        return tuple(late)
    together = Hour(at=first, clicks=sum(one.clicks for one in early), opens=sum(one.opens for one in early))
    return (together, *late)


def _cells(cells: Sequence[Cell], clicks: int, opens: int) -> tuple[Cell, ...]:
    """With a last cell for all that is told together, where that is enough people."""
    clicked = _large({cell.name: cell.clicks or 0 for cell in cells}, clicks)
    opened = _large({cell.name: cell.opens or 0 for cell in cells}, opens)
    names = [name for name in dict.fromkeys((*clicked, *opened)) if name != OTHER]
    names.sort(key=lambda name: (-(clicked.get(name, 0) + opened.get(name, 0)), name))
    rows = [Cell(name=name, clicks=clicked.get(name), opens=opened.get(name)) for name in names]
    if rows and (OTHER in clicked or OTHER in opened):
        rows.append(Cell(name=OTHER, clicks=clicked.get(OTHER), opens=opened.get(OTHER)))
    return tuple(rows)


def _large(cells: Mapping[str, int], whole: int) -> dict[str, int]:
    """The cells of at least the smallest group, and under OTHER what remains of the whole, which is none or as many: as
    long as it is fewer, the smallest cell goes with it. Else a sum minus the cells would tell what was left out."""
    large = sorted((n, name) for name, n in cells.items() if n >= SMALLEST_GROUP)
    rest = whole - sum(n for n, _name in large)
    while large and 0 < rest < SMALLEST_GROUP:
        rest += large.pop(0)[0]
    told = {name: n for n, name in reversed(large)}
    if told and rest:
        told[OTHER] = rest
    return told


def first_of_many(minutes: Iterable[tuple[datetime, int]]) -> datetime | None:
    """Since when the smallest group had the mail, of how many got it in each minute, oldest first."""
    so_far = 0
    for at, sent in minutes:
        so_far += sent
        if so_far >= SMALLEST_GROUP:
            return at
    return None
