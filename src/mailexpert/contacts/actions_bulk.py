"""One thing done to many contacts at once: a few right away, everyone who fits a search in the background, piece by
piece, so that it tells how far it is and can be stopped. Labels can be undone for a day."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from mailexpert.contacts.actions import EndedBy, StoppedBefore, end_membership, sign_up
from mailexpert.contacts.jobs_bulk import run_bulk
from mailexpert.contacts.models import Bulk, Contact, List
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


def label(verb: str, ids: Sequence[int], tag_id: int | None, *, by_id: int | None) -> Bulk:
    """A label given to these few or taken from them, now."""
    ids = ids[:MOST_AT_ONCE]
    made = Bulk.objects.create(
        verb=verb,
        tag_id=tag_id,
        by_id=by_id,
        contact_ids=[],
        asked_ids=ids,
        whole=len(ids),
        state=State.RUNNING,
    )
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
        back = label(verb, found.contact_ids, found.tag_id, by_id=by_id)
    else:
        back = Bulk.objects.create(
            verb=verb, tag_id=found.tag_id, by_id=by_id, contact_ids=[], asked_ids=found.contact_ids,
            state=State.QUEUED,
        )  # fmt: skip
        defer(run_bulk, bulk_id=back.id)
    Bulk.objects.filter(id=back.id).update(undone_at=timezone.now())  # to and fro once is enough
    return back


def begin_joining(wanted: Search, into: List, *, ground: str, evidence: str, by_id: int | None) -> Bulk:
    proof = ledger.keep_evidence(source="hand", text=evidence, by_id=by_id)
    return begin(
        "join", wanted, by_id=by_id, list=into.id, purpose=into.purpose, ground=ground, evidence=proof
    )


@transaction.atomic
def put_on_list(ids: Sequence[int], into: List, *, ground: str, evidence: str, by_id: int | None) -> int:
    """How many are on it now. Whoever left it stays off without a known ground."""
    count = 0
    for contact in Contact.objects.filter(id__in=ids[:MOST_AT_ONCE]).order_by("id"):
        try:
            sign_up(contact, into, ground=ground, evidence=evidence, by_id=by_id)
        except StoppedBefore:
            continue
        count += 1
    return count


@transaction.atomic
def take_off_list(ids: Sequence[int], list_id: int) -> int:
    mine = Contact.objects.filter(id__in=ids[:MOST_AT_ONCE]).order_by("id").values_list("id", flat=True)
    return sum(end_membership(contact_id, list_id, EndedBy.HAND) for contact_id in mine)
