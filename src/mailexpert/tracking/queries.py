"""Counts of hits, not of people: every stored hit is in one of the four. Read from the roll-ups alone, so a report
costs as much for ten hits as for twenty million."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, Sum

from mailexpert.sending.queries import family
from mailexpert.tracking import rules
from mailexpert.tracking.models import OPENS, Device, Kind, Measuring, Mode, PixelsOff, Rollup, Rule
from mailexpert.tracking.rules import Hour

By = Rollup.By


@dataclass(frozen=True, kw_only=True)
class Hits:
    opens: int = 0
    clicks: int = 0
    machine_opens: int = 0
    machine_clicks: int = 0

    @classmethod
    def together(cls, some: Iterable["Hits"]) -> "Hits":
        rows = list(some)
        return cls(**{name: sum(getattr(row, name) for row in rows) for name in _NAMES.values()})

    @property
    def machines(self) -> int:
        return self.machine_opens + self.machine_clicks


@dataclass(frozen=True, kw_only=True)
class LinkHits:
    link: int
    clicks: int
    machine_clicks: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """Hits that have something in common. `name` is a key: a device, a provider, a country, a rule."""

    name: str
    opens: int
    clicks: int

    @property
    def hits(self) -> int:
        return self.opens + self.clicks


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far an account goes. `are_pixels_off`: the operator turned every picture off, for all accounts."""

    highest: str = Mode.AGGREGATE.value
    opens: bool = False
    assessment: str = ""
    are_pixels_off: bool = False

    @property
    def modes(self) -> list[str]:
        return rules.modes_up_to(self.highest)

    def allowed(self, wanted: str) -> str:
        """What is wanted, or the most that the account goes to."""
        return rules.at_most(wanted, self.highest)


_NAMES = {
    Kind.OPEN: "opens",
    Kind.CLICK: "clicks",
    Kind.MACHINE_OPEN: "machine_opens",
    Kind.MACHINE_CLICK: "machine_clicks",
}


def _sum_of(*kinds: Kind) -> Sum:
    return Sum("n", filter=Q(kind__in=kinds), default=0)


def hits(issue_id: int) -> Hits:
    """What came in for an issue and the versions tried before it, machines apart from people's devices."""
    return Hits.together(hits_of(family(issue_id)).values())


def hits_of(issue_ids: Iterable[int]) -> dict[int, Hits]:
    """The same for many issues at once, each alone."""
    rows = Rollup.objects.filter(issue_id__in=list(issue_ids), by=By.TOTAL).values_list(
        "issue_id", "kind", "n"
    )
    found: dict[int, dict[str, int]] = {}
    for issue, kind, n in rows:
        found.setdefault(issue, {})[_NAMES[Kind(kind)]] = n
    return {issue: Hits(**counts) for issue, counts in found.items()}


def clicks_per_link(issue_id: int) -> list[LinkHits]:
    """By link number (the index in the issue's links); a link that nobody asked for isn't in it."""
    return clicks_per_link_of({issue_id: family(issue_id)})[issue_id]


def clicks_per_link_of(families: Mapping[int, list[int]]) -> dict[int, list[LinkHits]]:
    """The same for many families of issues at once. A link has the same number in every version."""
    key_of = {issue: key for key, family in families.items() for issue in family}
    found: dict[int, dict[int, Counter[int]]] = {key: defaultdict(Counter) for key in families}
    rows = Rollup.objects.filter(issue_id__in=list(key_of), by=By.LINK).exclude(value=str(OPENS))
    for issue, value, kind, n in rows.values_list("issue_id", "value", "kind", "n"):
        found[key_of[issue]][int(value)][kind] += n
    return {
        key: [
            LinkHits(link=link, clicks=kinds[Kind.CLICK], machine_clicks=kinds[Kind.MACHINE_CLICK])
            for link, kinds in sorted(links.items())
        ]
        for key, links in found.items()
    }


def clicks_over_time(issue_id: int) -> list[Hour]:
    """People's clicks and opens per hour, oldest first; hours without any are left out."""
    return clicks_over_time_of({issue_id: family(issue_id)})[issue_id]


def clicks_over_time_of(families: Mapping[int, list[int]]) -> dict[int, list[Hour]]:
    """The same for many families of issues at once."""
    key_of = {issue: key for key, family in families.items() for issue in family}
    found: dict[int, dict[int, Counter[int]]] = {key: defaultdict(Counter) for key in families}
    rows = Rollup.objects.filter(issue_id__in=list(key_of), by=By.HOUR, kind__in=(Kind.CLICK, Kind.OPEN))
    for issue, value, kind, n in rows.values_list("issue_id", "value", "kind", "n"):
        found[key_of[issue]][int(value)][kind] += n
    return {
        key: [
            Hour(datetime.fromtimestamp(second, UTC), kinds[Kind.CLICK], kinds[Kind.OPEN])
            for second, kinds in sorted(hours.items())
        ]
        for key, hours in found.items()
    }


def clicks_between(issue_id: int, since: datetime | None, until: datetime | None) -> int:
    """People's clicks of one issue alone, in the hours that begin from `since` on and before `until`."""
    rows = Rollup.objects.filter(issue_id=issue_id, by=By.HOUR, kind=Kind.CLICK).values_list("value", "n")
    first = since.timestamp() if since else 0.0
    end = until.timestamp() if until else float("inf")
    return sum(n for hour, n in rows if first <= int(hour) < end)


def shares(issue_id: int, by: Rollup.By) -> list[Share]:
    """People's hits by device, provider or country, most first; what isn't known has no row."""
    return _shares(issue_id, by, Kind.OPEN, Kind.CLICK)


def machine_shares(issue_id: int) -> list[Share]:
    """What machines asked for, by the rule that told them from people."""
    return _shares(issue_id, By.RULE, Kind.MACHINE_OPEN, Kind.MACHINE_CLICK)


def _shares(issue_id: int, by: Rollup.By, opened: Kind, clicked: Kind) -> list[Share]:
    rows = (
        Rollup.objects.filter(issue_id__in=family(issue_id), by=by, kind__in=(opened, clicked))
        .values_list("value")
        .annotate(opens=_sum_of(opened), clicks=_sum_of(clicked))
    )
    found = [Share(name=value, opens=opens, clicks=clicks) for value, opens, clicks in rows]
    return sorted((one for one in found if one.hits), key=lambda one: (-one.hits, one.name))


def device_name(value: str) -> str:
    return str(Device(int(value)).label)


def rule_name(value: str) -> str:
    return str(Rule(int(value)).label)


def counts_opens() -> bool:
    return Measuring.objects.filter(opens=True).exists()


def limits() -> Limits:
    """How far the active account goes in measuring."""
    off = PixelsOff.objects.exists()
    found = Measuring.objects.first()
    if found is None:
        return Limits(are_pixels_off=off)
    return Limits(highest=found.highest, opens=found.opens, assessment=found.assessment, are_pixels_off=off)
