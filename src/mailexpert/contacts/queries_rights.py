"""Requests of persons for the pages and the dashboard."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.base import clock
from mailexpert.contacts.models import Contact
from mailexpert.core.attention import Need
from mailexpert.privacy.models import Case, Erasure
from mailexpert.privacy.rules_rights import SOON

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Row:
    """`days`: until it must be answered, below zero it is late."""

    case: Case
    who: str
    days: int

    @property
    def is_late(self) -> bool:
        return self.days < 0

    @property
    def late_by(self) -> int:
        return -self.days


def rows(*, is_open: bool, before: int | None = None) -> list[Row]:
    """Open ones in the order in which they are due; answered ones newest first, one more than a page."""
    found = (
        Case.objects.filter(state=Case.State.OPEN) if is_open else Case.objects.exclude(state=Case.State.OPEN)
    )
    if before is not None:
        found = found.filter(id__lt=before)
    cases = list(found.order_by("due_on", "id") if is_open else found.order_by("-id")[: PAGE + 1])
    names = {one.id: one for one in Contact.objects.filter(id__in=[case.contact_id or 0 for case in cases])}
    today = clock.now().date()
    return [Row(case=case, who=_who(case, names), days=(case.due_on - today).days) for case in cases]


def row_of(case: Case) -> Row:
    names = {one.id: one for one in Contact.objects.filter(id=case.contact_id or 0)}
    return Row(case=case, who=_who(case, names), days=(case.due_on - clock.now().date()).days)


def _who(case: Case, names: dict[int, Contact]) -> str:
    contact = names.get(case.contact_id or 0)
    if contact is not None:
        return contact.name or contact.email
    return case.email or _("somebody who was erased")


def unfinished() -> list[Erasure]:
    """Erasures that are still under way."""
    return list(Erasure.objects.filter(finished_at=None).order_by("begun_at")[:PAGE])


def erased(before: int | None = None) -> list[Erasure]:
    found = Erasure.objects.exclude(finished_at=None)
    return list((found.filter(id__lt=before) if before else found).order_by("-id")[:PAGE])


def needs(_request: HttpRequest) -> Iterator[Need]:
    """On the dashboard from a week before the day; late ones first of all."""
    today: date = clock.now().date()
    near = list(Case.objects.filter(state=Case.State.OPEN, due_on__lte=today + SOON).order_by("due_on"))
    late = [case for case in near if case.due_on < today]
    if near:
        n = len(late) or len(near)
        title = (
            ngettext("%(n)s request is too late", "%(n)s requests are too late", n)
            if late
            else ngettext(
                "%(n)s request must be answered this week", "%(n)s requests must be answered this week", n
            )
        )
        yield Need(
            title=title % {"n": n},
            text=_("The law gives a month for each request of a person."),
            url=reverse("contacts:cases"),
            button=_("To the requests"),
            icon="shield-check",
            now=bool(late),
        )
