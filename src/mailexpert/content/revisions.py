"""Earlier versions of templates and mailings: kept while one writes, to look at and to bring back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from mailexpert.content.models import Revision
from mailexpert.content.values import Draft

KEPT = 50
# Who goes on writing adds to the version of a moment ago; after a pause, or by someone else, it is a new one.
ONE_SITTING = timedelta(minutes=5)
WRITTEN = ("kind", "source", "subject", "preheader")


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose versions: a template's or a mailing's."""

    template_id: int | None = None
    mailing_id: int | None = None


def of(owner: Owner) -> QuerySet[Revision]:
    """The newest first."""
    of_owner: dict[str, Any] = {"template_id": owner.template_id, "mailing_id": owner.mailing_id}
    rows = Revision.objects.filter(**of_owner)
    return rows.select_related("by").order_by("-saved_at", "-id")


def one(owner: Owner, revision_id: int) -> Revision | None:
    return of(owner).filter(id=revision_id).first()


def keep(
    owner: Owner, *, before: Draft, after: Draft, by: int | None, now: datetime, stood_since: datetime
) -> None:
    """After a save. The very first one keeps how it stood before, too. Call inside the save's transaction."""
    if _words(before) == _words(after):
        return
    newest = of(owner).first()
    if newest is None:
        _make(owner, before, by=None, at=stood_since)
    if newest is not None and newest.by_id == by and now - newest.saved_at < ONE_SITTING:
        Revision.objects.filter(id=newest.pk).update(**_words(after))
        return
    _make(owner, after, by=by, at=now)
    spare = list(of(owner).values_list("id", flat=True)[KEPT : KEPT + 100])
    Revision.objects.filter(id__in=spare).delete()


def forget(owner: Owner) -> None:
    of(owner).delete()


def _make(owner: Owner, draft: Draft, *, by: int | None, at: datetime) -> None:
    Revision.objects.create(
        template_id=owner.template_id, mailing_id=owner.mailing_id, by_id=by, saved_at=at, **_words(draft)
    )


def _words(draft: Draft) -> Mapping[str, Any]:
    return {name: getattr(draft, name) for name in WRITTEN}
