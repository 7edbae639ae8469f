"""What the dashboard says of the contacts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailexpert.contacts.models import Contact, Membership
from mailexpert.core import panels
from mailexpert.core.scope import current_account
from mailexpert.web import notation
from mailexpert.web.charts import Line

PERIOD = timedelta(days=30)
MONTHS = 13
# From this many contacts on the figures may be a few minutes old: counting them takes too long for each view.
MANY = 100_000
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
    panels.register(
        panels.Panel(
            key="contacts", order=20, side=False, template="web/parts/contacts.html", context=contacts
        )
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


def growth(now: datetime) -> Growth:
    recent = now - PERIOD
    counts = Contact.objects.aggregate(all=Count("id"), added=Count("id", filter=Q(created_at__gte=recent)))
    by_month = (
        Contact.objects.annotate(month=TruncMonth("created_at"))
        .values_list("month")
        .annotate(n=Count("id"))
        .order_by("month")
    )
    months, total = [], 0
    for month, n in by_month:
        total += n
        months.append((timezone.localtime(month).date(), total))
    return Growth(
        now=counts["all"],
        added=counts["added"],
        unsubscribed=Membership.objects.filter(ended_at__gte=recent).values("contact_id").distinct().count(),
        months=tuple(filled(months, timezone.localtime(now).date())),
    )


def filled(known: list[tuple[date, int]], today: date) -> list[tuple[date, int]]:
    """Every month up to now, a year back at most; a month in which nobody came keeps its number."""
    totals, rows = dict(known), []
    if not known:
        return []
    month, value = known[0]
    while month <= today:
        value = totals.get(month, value)
        rows.append((month, value))
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return rows[-MONTHS:]


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
