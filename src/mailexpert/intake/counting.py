"""From the lines of append files to what is stored: sums of equal hits, and what people did who agreed to be measured.
Pure: what is known of people comes in as values."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailexpert.intake.hits import SECONDS_OF_HOUR, SECONDS_OF_PART, VERDICT, Hit, Kind, Rule, read

TOO_SOON = {Kind.OPEN: 3, Kind.CLICK: 5}  # seconds after delivery; nobody reads that fast
OLDEST_DAYS = 30  # a hit from longer ago comes from a clock that is wrong
INDIVIDUAL = "individual"


class Known(NamedTuple):
    """What the database says of a person of an issue whose doings may be stored, at this moment."""

    mode: str
    provider: str
    delivered: float | None


@dataclass(frozen=True, kw_only=True)
class Sums:
    """The columns of the statements `count`, `trail` and `days`."""

    counts: Mapping[str, Sequence[object]]
    trail: Mapping[str, Sequence[object]]
    days: Mapping[str, Sequence[object]]
    hours: frozenset[int]


def hits(lines: bytes, verdicts: Mapping[int, int], *, ahead: float, now: float) -> list[tuple[Hit, int]]:
    """The hits of a file with how often each came, by the database's clock; `ahead` is how many seconds that is ahead
    of ours. Raises ValueError."""
    found = []
    for line, n in Counter(lines.splitlines()).items():
        if line.startswith(VERDICT):
            continue
        hit = read(line)
        rule = verdicts.get(hit.who, Rule.PERSON) if hit.who else Rule.PERSON
        if rule and not hit.rule:
            hit = hit.by_machine(rule)
        found.append((hit._replace(at=right(hit.at, ahead, now, step=hit.step)), n))
    return found


def right(at: int, ahead: float, now: float, *, step: int) -> int:
    """A moment, known to `step` seconds, by the database's clock; never after now and never absurdly long ago."""
    moved = at + round(ahead / step) * step
    return int(max(min(moved, now), now - OLDEST_DAYS * 86_400))


def people(found: Iterable[tuple[Hit, int]]) -> set[tuple[int, int]]:
    """The issues and contacts to ask the database about; of what a machine asked nobody has to be known."""
    return {(hit.issue, hit.contact) for hit, _n in found if hit.contact and not hit.rule}


def add_up(found: Iterable[tuple[Hit, int]], known: Mapping[tuple[int, int], Known]) -> Sums:
    counts: Counter[tuple[object, ...]] = Counter()
    trail, days = [], []
    for hit, n in found:
        person = known.get((hit.issue, hit.contact)) if hit.contact else None
        if person is not None and not hit.rule and _is_too_soon(hit, person.delivered):
            hit = hit.by_machine(Rule.TIMING)
        provider = person.provider if person is not None and person.mode == INDIVIDUAL else ""
        when = (hit.at // SECONDS_OF_HOUR, _part(hit))
        counts[hit.issue, hit.link, hit.kind, *when, hit.device, provider, hit.country, hit.rule] += n
        if person is not None and not hit.rule:
            days.append((hit.issue, hit.contact, hit.kind, hit.at))
            if person.mode == INDIVIDUAL:
                trail.append((hit.issue, hit.contact, hit.link, hit.kind, hit.at))
    names = (
        "issues",
        "links",
        "kinds",
        "hours",
        "parts",
        "devices",
        "providers",
        "countries",
        "rules",
        "sums",
    )
    return Sums(
        counts=_columns(names, [(*key, n) for key, n in counts.items()]),
        trail=_columns(("issues", "contacts", "links", "kinds", "ats"), trail),
        days=_columns(("issues", "contacts", "kinds", "ats"), days),
        hours=frozenset(int(str(key[3])) for key in counts),
    )


def _part(hit: Hit) -> int | None:
    """Which five minutes of its hour; of a line that only knows its hour none."""
    return hit.at % SECONDS_OF_HOUR // SECONDS_OF_PART if hit.step <= SECONDS_OF_PART else None


def _is_too_soon(hit: Hit, delivered: float | None) -> bool:
    return delivered is not None and abs(hit.at - delivered) < TOO_SOON.get(Kind(hit.kind), 0)


def _columns(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> dict[str, list[object]]:
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}
