"""What an account does about its sites and goals."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mailexpert.base import clock
from mailexpert.core.scope import current_account
from mailexpert.tracking.models import Goal, SiteMeasuring, SiteSeen

MOST_GOALS = 50
CONVERSIONS_KEPT = timedelta(days=396)
REBUILD_DAYS = (Path(__file__).parent / "sql" / "rebuild_days.sql").read_text()


class TooMany(Exception):
    """An account counts at most 50 goals at a time."""


class EventTaken(Exception):
    """Another goal counts this event already."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A goal as it is written: a page has a pattern, the others a name that the page calls."""

    name: str
    kind: str
    pattern: str = ""
    event: str = ""


def turn_on() -> SiteMeasuring:
    made, _is_new = SiteMeasuring.objects.get_or_create(account_id=current_account())
    return made


def turn_off() -> None:
    """The key dies: what a site tells from now on is refused. Goals and what was counted stay."""
    SiteMeasuring.objects.all().delete()
    SiteSeen.objects.all().delete()


def set_rules(**rules: Any) -> None:
    SiteMeasuring.objects.update(**rules, changed_at=clock.now())


@transaction.atomic
def rebuild_days() -> int:
    """Add up the account's conversions anew; how many rows of the sums were not so. Days of which conversions are no
    longer kept stay as they are. Nobody counts meanwhile, so that nothing is lost or counted twice."""
    oldest = timezone.localtime(clock.now() - CONVERSIONS_KEPT).date()
    values: dict[str, Any] = {
        "account": current_account(), "first": oldest + timedelta(days=1), "zone": settings.TIME_ZONE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tracking_conversion IN SHARE MODE")
        cursor.execute(REBUILD_DAYS, values)
        return int(cursor.fetchone()[0])


def make_goal(wanted: Wanted) -> Goal:
    """Raises TooMany, EventTaken."""
    if Goal.objects.filter(archived_at=None).count() >= MOST_GOALS:
        raise TooMany
    return _kept(Goal(**vars(wanted)))


def change_goal(goal: Goal, wanted: Wanted) -> Goal:
    """What was counted stays; from now on it counts by the new words. Raises EventTaken."""
    for field, value in vars(wanted).items():
        setattr(goal, field, value)
    return _kept(goal)


def archive(goal: Goal) -> None:
    Goal.objects.filter(id=goal.id, archived_at=None).update(archived_at=clock.now())


def bring_back(goal: Goal) -> None:
    """Raises TooMany, EventTaken."""
    if Goal.objects.filter(archived_at=None).count() >= MOST_GOALS:
        raise TooMany
    goal.archived_at = None
    _kept(goal)


def _kept(goal: Goal) -> Goal:
    try:
        with transaction.atomic():
            if goal.pk:
                goal.save(update_fields=["name", "kind", "pattern", "event", "archived_at"])
            else:
                goal.save()
    except IntegrityError as problem:
        raise EventTaken(goal.event) from problem
    return goal
