"""What one can do with measurements: choose how far they go, add them up anew, and let go of a person's."""

from pathlib import Path

from django.db import connection, transaction

from mailexpert.base import clock
from mailexpert.core.scope import current_account
from mailexpert.tracking.models import ConversionLink, Measuring, PixelsOff, Rollup, Trail

REBUILD = (Path(__file__).parent / "sql" / "rebuild.sql").read_text()
OLDEST_EVENT = "SELECT min(at) FROM tracking_event WHERE account_id = %s AND issue_id = %s"


class EventsGone(Exception):
    """This mailing is older than the events that are kept; its numbers can't be made anew and stay as they are."""


def set_measuring(*, highest: str, opens: bool, assessment: str) -> None:
    """Holds at once, also for mails that were sent: what is no longer allowed is no longer stored."""
    Measuring.objects.update_or_create(
        account_id=current_account(),
        defaults={
            "highest": highest,
            "opens": opens,
            "assessment": assessment,
            "changed_at": clock.now(),
        },
    )


def turn_pixels(*, off: bool) -> None:
    """The operator's switch over all accounts. Beside the wall."""
    if off:
        PixelsOff.objects.get_or_create(id=1)
    else:
        PixelsOff.objects.all().delete()


@transaction.atomic
def rebuild(issue_id: int) -> None:
    """Add up one issue's events anew. Nobody counts meanwhile, so that no hit is lost or counted twice. Raises
    EventsGone where the roll-ups know hours of which no event is left."""
    account = current_account()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tracking_event IN SHARE MODE")
        cursor.execute(OLDEST_EVENT, [account, issue_id])
        oldest = cursor.fetchone()[0]
        hours = Rollup.objects.filter(issue_id=issue_id, by=Rollup.By.HOUR).values_list("value", flat=True)
        first = min(map(int, hours), default=None)
        if first is not None and (oldest is None or oldest.timestamp() > first):
            raise EventsGone(issue_id)
        Rollup.objects.filter(issue_id=issue_id).delete()
        cursor.execute(REBUILD, {"account": account, "issue": issue_id})


def measured_issues() -> list[int]:
    """Of the active account, those that anything came in for."""
    return sorted(Rollup.objects.filter(by=Rollup.By.TOTAL).values_list("issue_id", flat=True).distinct())


def forget_person(contact_id: int) -> None:
    """Who withdrew, or was erased, leaves no trail, and no order is theirs any more. The counts hold no persons and
    stay."""
    Trail.objects.filter(contact_id=contact_id).delete()
    ConversionLink.objects.filter(contact_id=contact_id).delete()
