"""Orders that the account's own program tells: each number once, what comes back taken off again.

What an order came of is counted and never told: whoever knows the order knows the person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from mailexpert.base import clock, keys
from mailexpert.core.scope import current_account
from mailexpert.mail import attribution
from mailexpert.mail.attribution import NOTHING, USUAL_DAYS, Channel, Touch
from mailexpert.mail.goals import order_key
from mailexpert.sending.models import Issue, Shard
from mailexpert.tracking import queries
from mailexpert.tracking.models import Conversion, ConversionLink, Goal, Mode, SiteMeasuring

AGREED, LAST_CLICK, ADD_TO_DAY = (
    (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
    for name in ("agreed", "last_click", "add_to_day")
)
SMALLEST_AUDIENCE = 20  # as intake.goals has it: of fewer readers an order could say whose it was
OLDEST = timedelta(days=30)
DAY = 86_400
Via = Conversion.Via


class OtherOrder(Exception):
    """This number was told before, with another amount, currency or goal."""


class TooOld(Exception):
    """An order can be told until 30 days after it was made."""


class NoSuchOrder(Exception):
    """No order has this number."""


class MoreThanPaid(Exception):
    """More would come back than was paid."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """`click`: what the address of the page brought as `mex`. `email_hash`: SHA-256 of the buyer's address."""

    number: str
    goal: Goal
    cents: int
    currency: str
    at: datetime | None = None
    click: str = ""
    email_hash: str = ""


@transaction.atomic
def take(order: Order) -> tuple[Conversion, bool]:
    """The order, and whether it is new. One that a page told before gets the program's amount: that one can be
    believed. Raises OtherOrder, TooOld."""
    now = clock.now()
    at = min(order.at or now, now)
    if now - at > OLDEST:
        raise TooOld(order.number)
    key = order_key(current_account(), order.number)
    click = _click(order, at)
    made, is_new = Conversion.objects.get_or_create(
        order_key=key,
        defaults={
            "goal": order.goal, "at": at.replace(minute=0, second=0, microsecond=0), "via": Via.API,
            "channel": click.channel, "issue_id": click.issue or None,
            "link": click.link if click.issue else None, "source": click.source, "medium": click.medium,
            "campaign": click.campaign, "cents": order.cents, "first_cents": order.cents, "currency": order.currency,
        },
    )  # fmt: skip
    if not is_new:
        return _known(order, key), False
    if click.contact:
        ConversionLink.objects.create(conversion=made, contact_id=click.contact, at=made.at)
    _add_to_day(made, n=1, cents=order.cents)
    return made, True


def _known(order: Order, key: str) -> Conversion:
    found = Conversion.objects.select_for_update().get(order_key=key)
    is_same = (found.goal_id, found.first_cents, found.currency) == (
        order.goal.id,
        order.cents,
        order.currency,
    )
    if is_same or found.via != Via.PAGE:
        if not is_same:
            raise OtherOrder(order.number)
        return found
    if (found.goal_id, found.currency) != (order.goal.id, order.currency):
        raise OtherOrder(order.number)
    _add_to_day(found, n=0, cents=order.cents - found.cents)
    found.via, found.cents, found.first_cents = Via.API, order.cents, order.cents
    found.save(update_fields=["via", "cents", "first_cents"])
    return found


@transaction.atomic
def refund(number: str, cents: int | None) -> Conversion:
    """So much of an order has come back by now, in all; None is everything. Asked again it changes nothing. Raises
    NoSuchOrder, MoreThanPaid."""
    key = order_key(current_account(), number)
    found = Conversion.objects.select_for_update().filter(order_key=key).first()
    if found is None:
        raise NoSuchOrder(number)
    back = found.first_cents if cents is None else cents
    if back > found.first_cents:
        raise MoreThanPaid(number)
    left = found.first_cents - back
    n = 0 if cents is None or (not left and back) else 1
    _add_to_day(found, n=n - found.n, cents=left - found.cents)
    found.cents, found.n = left, n
    found.save(update_fields=["cents", "n"])
    return found


def find(number: str) -> Conversion:
    """Raises NoSuchOrder."""
    found = (
        Conversion.objects.filter(order_key=order_key(current_account(), number))
        .select_related("goal")
        .first()
    )
    if found is None:
        raise NoSuchOrder(number)
    return found


def _click(order: Order, at: datetime) -> Touch:
    """The last click within the window, of those that may be counted and with a person only as they agreed."""
    row = SiteMeasuring.objects.values_list("window_days", flat=True).first()
    window = row or USUAL_DAYS
    found = attribution.last_click(
        [*_brought(order.click), *_of_person(order.email_hash, at - timedelta(days=window))],
        day=int(at.timestamp()) // DAY,
        window=window,
    )
    return _as_allowed(found)


def _brought(click: str) -> Iterator[Touch]:
    """A mark that we never sealed counts for nothing."""
    touch = attribution.read(keys.derive("marks"), click) if click else None
    if touch is not None:
        yield touch


def _of_person(email_hash: str, since: datetime) -> Iterator[Touch]:
    if not email_hash or queries.limits().highest != Mode.INDIVIDUAL:
        return
    values: dict[str, Any] = {"account": current_account(), "since": since, "hash": email_hash}
    with connection.cursor() as cursor:
        cursor.execute(LAST_CLICK, values)
        row = cursor.fetchone()
    if row and _agreed(row[0]):
        contact, issue, link, at = row
        day = int(at.astimezone(UTC).timestamp()) // DAY
        yield Touch(channel=Channel.MAIL, day=day, issue=issue, link=link, contact=contact)


def _as_allowed(touch: Touch) -> Touch:
    if touch.channel != Channel.MAIL:
        return touch
    highest = queries.limits().highest
    issue = Issue.objects.filter(id=touch.issue, kind=Issue.Kind.MAILING).exclude(tracking=Mode.NONE).first()
    people = Shard.objects.filter(issue_id=touch.issue).aggregate(n=Sum("size", default=0))["n"]
    if issue is None or highest == Mode.NONE or people < SMALLEST_AUDIENCE:
        return NOTHING
    follows = Mode.INDIVIDUAL == issue.tracking == highest and touch.contact and _agreed(touch.contact)
    return (
        touch if follows else Touch(channel=Channel.MAIL, day=touch.day, issue=touch.issue, link=touch.link)
    )


def _agreed(contact_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(AGREED, {"account": current_account(), "contacts": [contact_id]})
        return cursor.fetchone() is not None


def _add_to_day(found: Conversion, *, n: int, cents: int) -> None:
    if n or cents:
        values: dict[str, Any] = {
            "account": current_account(),
            "id": found.id,
            "n": n,
            "cents": cents,
            "zone": settings.TIME_ZONE,
        }
        with connection.cursor() as cursor:
            cursor.execute(ADD_TO_DAY, values)
