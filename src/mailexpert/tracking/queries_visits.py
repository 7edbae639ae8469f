"""What visits show, added up; the single lines are for staff who look for a fault."""

import ipaddress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Avg, Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import localtime

from mailexpert.base import keys
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.tracking import rules_audience
from mailexpert.tracking.models import AdCost, Conversion, Source, Visit, WebRequest

TOP = 12
ENOUGH_VISITS = 20  # fewer from one address are one visitor
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
NARROW = 900  # pixels; below that our pages stand in one column


@dataclass(frozen=True, kw_only=True)
class Share:
    name: str
    n: int
    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Insight:
    visits: int
    seconds: int
    days: list[tuple[str, int]]
    stays: list[tuple[str, int]]
    narrow: list[tuple[str, float]]
    pages: list[Share]
    sources: list[Share]
    browsers: list[Share]
    screens: list[Share]
    searches: list[Share]


def insight(now: datetime, days: int = 30) -> Insight:
    rows = Visit.objects.filter(at__gte=now - timedelta(days=days))
    total = rows.aggregate(n=Count("id"), seconds=Avg("seconds"))
    by_day = _by_day(rows)
    span = [(localtime(now) - timedelta(days=back)).date() for back in range(days - 1, -1, -1)]
    return Insight(
        visits=total["n"],
        seconds=round(total["seconds"] or 0),
        days=[(f"{day:%d-%m}", by_day[day].n if day in by_day else 0) for day in span],
        stays=[(f"{day:%d-%m}", by_day[day].seconds if day in by_day else 0) for day in span],
        narrow=[(f"{day:%d-%m}", by_day[day].narrow if day in by_day else 0.0) for day in span],
        pages=_top(rows, "page"),
        sources=_top(rows, "source"),
        browsers=_top(rows, "browser"),
        screens=screens(rows),
        searches=_top(rows.exclude(search=""), "search"),
    )


@dataclass(frozen=True, kw_only=True)
class Day:
    """`narrow`: the share of known screens below 900 pixels, in per cent."""

    n: int
    seconds: int
    narrow: float


def _by_day(rows: QuerySet[Visit]) -> dict[date, Day]:
    found = rows.annotate(day=TruncDate("at")).values("day")
    counted = found.annotate(
        n=Count("id"), stay=Avg("seconds"), known=Count("width"), slim=Count("id", filter=Q(width__lt=NARROW))
    )
    return {
        one["day"]: Day(
            n=one["n"], seconds=round(one["stay"] or 0),
            narrow=round(100 * one["slim"] / one["known"], 1) if one["known"] else 0.0,
        )
        for one in counted
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Audiences:
    """Of the month that begins at `month`: how many agreed to be followed, and which pages drew them."""

    month: date
    agreed: int | None
    pages: list[Share]


def audiences(now: datetime) -> Audiences:
    """Over the last month that is over, whatever period is looked at: two periods, or two days, that differ by one
    visitor would show that visitor. Nobody can add made-up visitors to a month that is over."""
    until = localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    since = until.replace(year=until.year - (until.month == 1), month=(until.month - 2) % 12 + 1)
    rows = Visit.objects.filter(at__gte=since, at__lt=until).exclude(visitor="")
    key, month = keys.derive("audiences"), f"{since:%Y-%m}"

    def told(who: list[str], about: str) -> int | None:
        return rules_audience.told(who, about=f"{month} {about}", key=key)

    found = rows.values_list("page").annotate(who=ArrayAgg("visitor", distinct=True))
    sizes = [(page, told(who, page)) for page, who in found]
    shares = [Share(name=page, n=n) for page, n in sizes if n is not None]
    return Audiences(
        month=since.date(),
        agreed=told(list(rows.values_list("visitor", flat=True).distinct()), ""),
        pages=sorted(shares, key=lambda one: (-one.n, one.name))[:TOP],
    )


def _top(rows: QuerySet[Visit], column: str) -> list[Share]:
    found = rows.values_list(column).annotate(n=Count("id"), s=Avg("seconds")).order_by("-n", column)[:TOP]
    return [Share(name=name, n=n, seconds=round(s or 0)) for name, n, s in found]


def screens(rows: QuerySet[Visit]) -> list[Share]:
    found = (
        rows.exclude(width=None).values_list("width", "height").annotate(n=Count("id")).order_by("-n")[:TOP]
    )
    return [Share(name=f"{width} × {height}", n=n) for width, height, n in found]


def latest(limit: int = 50) -> list[Visit]:
    return list(Visit.objects.order_by("-at")[:limit])


def requests_of(ip: str, *, errors: bool, limit: int = 200) -> list[WebRequest]:
    """The web log, by address where one is given."""
    rows = WebRequest.objects.order_by("-at")
    if ip:
        rows = rows.filter(ip=ip)
    if errors:
        rows = rows.filter(status__gte=400)
    return list(rows[:limit])


def only_address(now: datetime) -> str:
    """The private address that all of the last day's visits seem to come from, behind a proxy that keeps readers'
    addresses to itself; empty where they differ, are public, or are too few to tell."""
    rows = Visit.objects.filter(at__gte=now - timedelta(days=1)).exclude(ip=None).order_by()
    found = list(rows.values_list("ip").annotate(n=Count("id"))[:2])
    if len(found) != 1 or found[0][1] < ENOUGH_VISITS or not ipaddress.ip_address(found[0][0]).is_private:
        return ""
    return str(found[0][0])


def error_sources(now: datetime) -> list[tuple[str, int]]:
    """Which addresses met errors in the last day, the most first."""
    rows = WebRequest.objects.filter(at__gte=now - timedelta(days=1), status__gte=400).exclude(ip=None)
    return list(rows.values_list("ip").annotate(n=Count("id")).order_by("-n")[:TOP])


@dataclass(frozen=True, kw_only=True)
class CampaignLine:
    source: str
    campaign: str
    keyword: str
    currency: str
    clicks: int
    cents: int
    conversions: int

    @property
    def source_name(self) -> str:
        return str(Source(self.source).label)

    @property
    def sign(self) -> str:
        return SIGNS.get(self.currency, self.currency)

    @property
    def cost(self) -> float:
        """In the line's currency."""
        return self.cents / 100

    @property
    def cost_each(self) -> float | None:
        """What a conversion cost."""
        return self.cost / self.conversions if self.conversions else None


def campaigns() -> list[CampaignLine]:
    """Cost and conversions side by side, also where one of them is missing. Amounts of two currencies are never one
    sum: a keyword that was paid in two has two lines, and its conversions stand in the dearer one."""
    keys = ("source", "campaign", "keyword")
    counted = AdCost.objects.values(*keys, "currency").annotate(
        all_clicks=Sum("clicks"), all_cents=Sum("cents")
    )
    with beside_wall(Beside.ATTRIBUTE):
        found = (
            Conversion.objects.filter(via=Conversion.Via.REGISTRATION).values(*keys).annotate(n=Count("id"))
        )
        made = {tuple(row[key] for key in keys): row["n"] for row in found}
    lines = [
        CampaignLine(
            **{key: row[key] for key in keys}, currency=row["currency"], clicks=row["all_clicks"],
            cents=row["all_cents"], conversions=made.pop(tuple(row[key] for key in keys), 0),
        )
        for row in counted.order_by("-all_cents")
    ]  # fmt: skip
    lines += [
        CampaignLine(
            source=source,
            campaign=campaign,
            keyword=keyword,
            currency="EUR",
            clicks=0,
            cents=0,
            conversions=n,
        )
        for (source, campaign, keyword), n in made.items()
    ]
    return sorted(lines, key=lambda line: (-line.cents, line.campaign, line.keyword))
