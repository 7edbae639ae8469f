"""What the dashboard says of the contacts, the use of the package and the promises."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Value
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailexpert.contacts.models import Contact, Membership
from mailexpert.core import panels
from mailexpert.core.scope import current_account
from mailexpert.privacy.queries import promise_sum, public_promises
from mailexpert.web import notation, usage
from mailexpert.web.charts import Line

PERIOD = timedelta(days=30)
MONTHS = 13
# From this many contacts on the figures may be a few minutes old: counting them takes too long for each view.
MANY = 20_000
KEPT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Growth:
    now: int
    added: int
    unsubscribed: int
    months: tuple[tuple[date, int], ...]

    @property
    def before(self) -> int:
        return self.now - self.added


def register() -> None:
    for key, order, side, context in (
        ("contacts", 20, False, contacts),
        ("usage", 20, True, usage.panel),
        ("promises", 30, True, promises),
    ):
        panels.register(
            panels.Panel(key=key, order=order, side=side, template=f"web/parts/{key}.html", context=context)
        )


def contacts(_request: HttpRequest) -> dict[str, Any] | None:
    key = f"growth-{current_account()}"
    found: Growth | None = cache.get(key)
    if found is None:
        found = growth(timezone.now())
        if found.now >= MANY:
            cache.set(key, found, KEPT_SECONDS)
    if not found.now:
        return None
    return {"growth": found, "line": line(found)}


def promises(_request: HttpRequest) -> dict[str, Any]:
    """How many are kept; if only one isn't, what is the matter with it."""
    found = public_promises(translation.get_language() or "nl")
    broken = [one for one in found if one.mark == "broken"]
    return {"sum": promise_sum(found), "why": broken[0].evidence[:1] if len(broken) == 1 else ()}


def growth(now: datetime) -> Growth:
    """One pass over the contacts: they fall between the starts of the last months and of the period."""
    recent, starts = now - PERIOD, month_starts(timezone.localtime(now))
    bounds = sorted([*starts, recent])
    bucket = Func(
        F("created_at"),
        Value(bounds, output_field=ArrayField(DateTimeField())),
        function="width_bucket",
        output_field=IntegerField(),
    )
    rows = Contact.objects.annotate(bucket=bucket).values_list("bucket").annotate(n=Count("id")).order_by()
    counts = dict(rows)

    def until(bound: datetime | None) -> int:
        place = len(bounds) if bound is None else bounds.index(bound)
        return sum(n for bucket, n in counts.items() if bucket <= place)

    ends = [*starts[1:], None]
    months = [(start.date(), until(end)) for start, end in zip(starts, ends, strict=True)]
    return Growth(
        now=until(None),
        added=until(None) - until(recent),
        unsubscribed=Membership.objects.filter(ended_at__gte=recent).values("contact_id").distinct().count(),
        months=tuple(month for month in months if month[1]),
    )


def month_starts(now: datetime) -> list[datetime]:
    """The starts of this month and the twelve before it, the oldest first."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    starts = [start]
    while len(starts) < MONTHS:
        start = (start - timedelta(days=1)).replace(day=1)
        starts.append(timezone.make_aware(start.replace(tzinfo=None)))
    return starts[::-1]


def line(found: Growth) -> Line | None:
    """A trend needs three months at least."""
    if len(found.months) < 3:
        return None
    rows = [
        (month_name(month, with_year=index == 0 or month.month == 1), float(value))
        for index, (month, value) in enumerate(found.months)
    ]
    first, last = found.months[0][1], found.months[-1][1]
    return Line(
        caption=_("The contacts of today, by the month in which they came"),
        says=_("From %(first)s to %(last)s contacts since %(month)s.")
        % {"first": notation.number(first), "last": notation.number(last), "month": rows[0][0]},
        rows=rows,
        step=_("Month"),
        unit=_("Contacts"),
    )


def month_name(month: date, *, with_year: bool) -> str:
    short = date_format(month, "M").replace(".", "")
    short = short.lower() if notation.is_dutch() else short
    return f"{short} ’{month:%y}" if with_year else short
