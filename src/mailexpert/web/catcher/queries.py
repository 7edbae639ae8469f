"""Caught mails are the machine's and stand beside the wall; every question here says whose may be seen."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.sending.models import CaughtMail
from mailexpert.web.catcher.rules import Visible

PAGE = 50
COLUMNS = ("id", "at", "mail_from", "rcpt_to", "subject", "size")


@dataclass(frozen=True, kw_only=True)
class Row:
    id: int
    at: datetime
    mail_from: str
    rcpt_to: list[str]
    subject: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Page:
    rows: list[Row]
    newest: int
    before: int | None  # where the next page begins
    after: int | None  # where the previous one ends; 0 is the first page

    @property
    def is_first(self) -> bool:
        return self.after is None


def page(seen: Visible, *, search: str = "", before: int | None = None) -> Page:
    """Newest first, from just before an id."""
    with beside_wall(Beside.CATCHER):
        found = _found(_visible(seen), search)
        newest = found.order_by("-id").values_list("id", flat=True).first() or 0
        older = found.filter(id__lt=before) if before else found
        rows = [Row(**row) for row in older.order_by("-id").values(*COLUMNS)[: PAGE + 1]]
        after = _page_before(found, before)
    more = len(rows) > PAGE
    return Page(rows=rows[:PAGE], newest=newest, before=rows[PAGE - 1].id if more else None, after=after)


def _page_before(found: QuerySet[CaughtMail], before: int | None) -> int | None:
    if not before:
        return None
    newer = list(found.filter(id__gte=before).order_by("id").values_list("id", flat=True)[: PAGE + 1])
    return newer[PAGE] if len(newer) > PAGE else 0


def newest(seen: Visible, *, search: str = "") -> int:
    with beside_wall(Beside.CATCHER):
        return _found(_visible(seen), search).order_by("-id").values_list("id", flat=True).first() or 0


def count(seen: Visible) -> int:
    with beside_wall(Beside.CATCHER):
        return _visible(seen).count()


def mail(seen: Visible, mail_id: int) -> CaughtMail | None:
    with beside_wall(Beside.CATCHER):
        return _visible(seen).filter(id=mail_id).first()


def delete_all(seen: Visible) -> int:
    with beside_wall(Beside.CATCHER):
        return _visible(seen).delete()[0]


def _visible(seen: Visible) -> QuerySet[CaughtMail]:
    allowed = Q(account_id=seen.account_id) if seen.account_id is not None else Q(pk__in=[])
    if seen.without_account:
        allowed |= Q(account_id=None)
    return CaughtMail.objects.filter(allowed)


def _found(mails: QuerySet[CaughtMail], search: str) -> QuerySet[CaughtMail]:
    """By the beginning of a recipient's address, or words of the subject."""
    if not search:
        return mails
    recipients = Func(F("rcpt_to"), Value(" "), function="array_to_string", output_field=TextField())
    return mails.annotate(recipients=recipients).filter(
        Q(recipients__istartswith=search)
        | Q(recipients__icontains=f" {search}")
        | Q(subject__icontains=search)
    )
