"""One thing done to many contacts at once: a few right away, everyone who fits a search in the background, piece by
piece, so that it tells how far it is and can be stopped. Labels can be undone for a day."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from mailexpert.contacts.jobs_bulk import run_bulk
from mailexpert.contacts.models import Bulk, List
from mailexpert.contacts.pieces import step
from mailexpert.contacts.queries import Search
from mailexpert.core.jobs import defer
from mailexpert.privacy import actions as ledger

State = Bulk.State
POSSIBLE = timedelta(hours=24)
MOST_AT_ONCE = 1_000  # of what is done while somebody waits
OPPOSITE = {"tag": "untag", "untag": "tag"}


class NotAnyMore(Exception):
    """It can be undone for a day, and once."""


class Runs(Exception):
    """It is still under way."""


def begin(verb: str, wanted: Search, *, tag_id: int | None = None, by_id: int | None = None,
          **details: Any) -> Bulk:  # fmt: skip
    """Everyone who fits, in the background."""
    asked = {"search": asdict(wanted), **details}
    made = Bulk.objects.create(
        verb=verb, tag_id=tag_id, by_id=by_id, contact_ids=[], state=State.QUEUED, details=asked
    )
    defer(run_bulk, bulk_id=made.id)
    return made


def few(
    verb: str, ids: Sequence[int], *, tag_id: int | None = None, by_id: int | None = None, **details: Any
) -> Bulk:
    """The same for these few, now."""
    ids = ids[:MOST_AT_ONCE]
    made = Bulk.objects.create(
        verb=verb, tag_id=tag_id, by_id=by_id, contact_ids=[], asked_ids=ids, whole=len(ids),
        state=State.RUNNING, details=details,
    )  # fmt: skip
    while step(made.id):
        pass
    return Bulk.objects.get(id=made.id)


def stop(bulk_id: int) -> None:
    """After the piece that is under way."""
    Bulk.objects.filter(id=bulk_id).update(cancel_asked=True)


@transaction.atomic
def undo(bulk_id: int, *, by_id: int | None = None) -> Bulk:
    """The opposite for those whom it changed; of many in the background. Raises NotAnyMore, Runs."""
    found = Bulk.objects.select_for_update().get(id=bulk_id)
    if found.undone_at is not None or found.at < timezone.now() - POSSIBLE or found.verb not in OPPOSITE:
        raise NotAnyMore(NotAnyMore.__doc__)
    if not found.is_over:
        raise Runs(Runs.__doc__)
    Bulk.objects.filter(id=bulk_id).update(undone_at=timezone.now())
    verb = OPPOSITE[found.verb]
    if len(found.contact_ids) <= MOST_AT_ONCE:
        back = few(verb, found.contact_ids, tag_id=found.tag_id, by_id=by_id)
    else:
        back = Bulk.objects.create(
            verb=verb, tag_id=found.tag_id, by_id=by_id, contact_ids=[], asked_ids=found.contact_ids,
            state=State.QUEUED,
        )  # fmt: skip
        defer(run_bulk, bulk_id=back.id)
    Bulk.objects.filter(id=back.id).update(undone_at=timezone.now())  # to and fro once is enough
    return back


def joining(into: List, *, ground: str, evidence: str, by_id: int | None) -> dict[str, Any]:
    """What is to be known of putting people on a list."""
    proof = ledger.keep_evidence(source="hand", text=evidence, by_id=by_id)
    return {"list": into.id, "purpose": into.purpose, "ground": ground, "evidence": proof}
