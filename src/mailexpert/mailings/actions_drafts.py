"""Saving a draft while it is written, by one person or by two, and bringing an earlier version back."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from mailexpert.base.clock import now
from mailexpert.content import revisions
from mailexpert.content.models import Revision
from mailexpert.content.values import Draft
from mailexpert.mailings import rules
from mailexpert.mailings.models import Decision, Mailing


class ChangedMeanwhile(Exception):
    """Someone else saved this mailing after you opened it; `mailing` is how it stands now."""

    def __init__(self, mailing: Mailing) -> None:
        super().__init__(ChangedMeanwhile.__doc__)
        self.mailing = mailing


@transaction.atomic
def change_draft(mailing_id: int, *, version: int | None, by: int, written: dict[str, Any]) -> Mailing:
    """Save over the version that was opened (None: over whatever stands there) and keep how it stood before.
    Raises ChangedMeanwhile, NotNow."""
    found = Mailing.objects.select_for_update().get(id=mailing_id)
    if not found.is_draft:
        raise rules.NotNow(found.state)
    if version is not None and version != found.version:
        raise ChangedMeanwhile(found)
    before, since = draft_of(found), found.updated_at
    for name, value in written.items():
        setattr(found, name, value)
    found.version += 1
    found.save(update_fields=[*written, "version", "updated_at"])
    owner = revisions.Owner(mailing_id=found.id)
    revisions.keep(owner, before=before, after=draft_of(found), by=by, now=now(), stood_since=since)
    return found


def remember_decision(mailing_id: int, warnings: Iterable[rules.Check], *, by: int | None) -> None:
    """Someone went on although checks warned."""
    kept = [{"code": check.code, "text": check.text} for check in warnings if check.level == "warn"]
    if kept:
        Decision.objects.create(mailing_id=mailing_id, by_id=by, warnings=kept, at=now())


def decisions(mailing_id: int) -> list[Decision]:
    return list(Decision.objects.filter(mailing_id=mailing_id).select_related("by").order_by("-id"))


def draft_of(mailing: Mailing) -> Draft:
    """The words of a mailing as content checks and renders them."""
    return Draft(
        kind=mailing.kind,
        source=mailing.source,
        subject=mailing.subject,
        preheader=mailing.preheader,
        language=mailing.language,
    )


def restore(mailing: Mailing, revision: Revision, *, by: int) -> Mailing:
    """Bring back how it stood; what stood now is kept as a version too."""
    written = {name: getattr(revision, name) for name in revisions.WRITTEN}
    return change_draft(mailing.id, version=None, by=by, written=written)
