"""What the dashboard shows of mailings."""

from typing import Any

from django.http import HttpRequest

from mailexpert.mailings import queries as mailings
from mailexpert.mailings.models import Mailing
from mailexpert.reports import queries


def last_mailing(request: HttpRequest) -> dict[str, Any] | None:
    found = queries.finished().first()
    return {"report": queries.lines([found])[0], "mailing": found} if found else None


def next_mailing(request: HttpRequest) -> dict[str, Any] | None:
    """The first one that is planned, else the draft that was written at last."""
    State = Mailing.State
    found = (
        Mailing.objects.filter(state=State.SCHEDULED).order_by("scheduled_at").first()
        or Mailing.objects.filter(state=State.DRAFT, version_of=None).order_by("-updated_at").first()
    )
    return {"mailing": found, "tally": mailings.tally(found)} if found else None
