"""Two contacts that are one person become one. Both histories stay: the ledger, the mails and their links name the
number that is gone, and lead to the contact that stays (queries_history.numbers_of). Of every choice the stricter
one holds."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mailexpert.contacts.actions import EndedBy, end_membership, object_to_all, remove, sign_up
from mailexpert.contacts.actions_preferences import has_said_of_measuring
from mailexpert.contacts.models import Contact, Event, Field, Membership, Preference, SignupTerm, Tagging
from mailexpert.privacy import actions as ledger
from mailexpert.privacy.models import Case, Consent, Ground
from mailexpert.privacy.rules import MEASUREMENT
from mailexpert.sending.models import Suppression

SOURCE = "merge"
CHOICES = ("paused_until", "every_days", "asked_at", "kept_at")
DAYS = ("last_open", "last_click")


@transaction.atomic
def merge(kept_id: int, gone_id: int, *, by_id: int | None = None) -> Contact:
    """The kept one's details count, its gaps are filled. A list that either of them left stays left, and an objection,
    complaint, pause or refusal of either holds. Raises Contact.DoesNotExist."""
    pair = {
        one.id: one
        for one in Contact.objects.select_for_update().filter(id__in=[kept_id, gone_id]).order_by("id")
    }
    if len(pair) < 2:
        raise Contact.DoesNotExist
    kept, gone = pair[kept_id], pair[gone_id]
    _take_measuring(kept, gone)
    _take_values(kept, gone)
    _take_lists(kept, gone)
    _take_choices(kept, gone)
    _take_rest(kept, gone)
    Event.objects.create(
        contact_id=kept.id, kind=Event.Kind.MERGED, detail=gone.email, by_id=by_id, former_id=gone.id
    )
    _take_refusals(kept, gone)
    remove(gone, Consent.Act.ENDED, source=SOURCE)
    return Contact.objects.get(id=kept.id)


def _take_measuring(kept: Contact, gone: Contact) -> None:
    """A yes counts for the address that said it; a no of either holds. Mails to the address that is gone measure
    nobody from now on."""
    said = {one.id: has_said_of_measuring(one) for one in (kept, gone)}
    refused = said[gone.id] is False
    for one in (kept, gone):
        if said[one.id] and (refused or one is gone):
            ledger.note(
                Consent.Act.ENDED,
                contact_id=one.id,
                email_key=one.email_key,
                source=SOURCE,
                purpose=MEASUREMENT,
                ground=Ground.CONSENT,
            )


def _take_values(kept: Contact, gone: Contact) -> None:
    """With the day until which a form promised to keep what is taken over."""
    names = [
        "first_name",
        "last_name",
        "language",
        "time_zone",
        *Field.objects.values_list("slot", flat=True),
    ]
    given = {name: getattr(gone, name) for name in names if getattr(kept, name) in (None, "")}
    filled: dict[str, Any] = {name: value for name, value in given.items() if value not in (None, "")}
    SignupTerm.objects.filter(contact_id=kept.id, slot__in=filled).delete()
    SignupTerm.objects.filter(contact_id=gone.id, slot__in=filled).update(contact_id=kept.id)
    if gone.status == Contact.Status.FROZEN:
        filled["status"] = Contact.Status.FROZEN
    if has_said_of_measuring(kept) is not False:
        filled |= {name: _later(getattr(kept, name), getattr(gone, name)) for name in DAYS}
    Contact.objects.filter(id=kept.id).update(updated_at=timezone.now(), **filled)


def _take_lists(kept: Contact, gone: Contact) -> None:
    mine = {one.list_id for one in Membership.objects.filter(contact_id=kept.id)}
    for theirs in Membership.objects.filter(contact_id=gone.id).select_related("list").order_by("list_id"):
        if theirs.ended_at is None and theirs.list_id not in mine:
            _take_standing(kept, gone, theirs)
        elif theirs.ended_at is not None and theirs.list_id in mine:
            end_membership(kept.id, theirs.list_id, EndedBy.HAND)
        elif theirs.ended_at is not None:
            _take_ended(kept, theirs)


def _take_standing(kept: Contact, gone: Contact, theirs: Membership) -> None:
    said = _("Taken over from %(email)s when two contacts were merged; the lines of that address prove it.")
    sign_up(kept, theirs.list, ground=theirs.ground, evidence=said % {"email": gone.email}, source=SOURCE)
    Membership.objects.filter(contact_id=kept.id, list_id=theirs.list_id).update(since=theirs.since)


def _take_ended(kept: Contact, theirs: Membership) -> None:
    """So that no import puts them on it again."""
    names = ("list_id", "ground", "since", "source", "ended_at", "ended_by")
    Membership.objects.create(contact_id=kept.id, **{name: getattr(theirs, name) for name in names})


def _take_choices(kept: Contact, gone: Contact) -> None:
    """The longer pause, and the fewer mails."""
    theirs = Preference.objects.filter(contact_id=gone.id).first()
    if theirs is None:
        return
    mine = Preference.objects.filter(contact_id=kept.id).first() or Preference()
    chosen = {name: _later(getattr(mine, name), getattr(theirs, name)) for name in CHOICES}
    Preference.objects.update_or_create(contact_id=kept.id, defaults={**chosen, "updated_at": timezone.now()})


def _later(one: Any, other: Any) -> Any:
    return max((value for value in (one, other) if value is not None), default=None)


def _take_rest(kept: Contact, gone: Contact) -> None:
    """Labels, what happened, and requests: an open one must still be answered."""
    labels = Tagging.objects.filter(contact_id=gone.id).values_list("tag_id", flat=True)
    Tagging.objects.bulk_create(
        [Tagging(tag_id=tag_id, contact_id=kept.id) for tag_id in labels], ignore_conflicts=True
    )
    Event.objects.filter(contact_id=gone.id).update(contact_id=kept.id)
    Case.objects.filter(contact_id=gone.id).update(contact_id=kept.id)


def _take_refusals(kept: Contact, gone: Contact) -> None:
    """Who said no under one address said it under both."""
    theirs = Suppression.objects.filter(email_key=gone.email_key).first()
    if theirs is None:
        return
    if theirs.reason == Suppression.Reason.OBJECTION:
        object_to_all(kept, EndedBy.HAND)
    elif theirs.reason == Suppression.Reason.COMPLAINT:
        Suppression.objects.get_or_create(
            account_id=kept.account_id, email_key=kept.email_key, defaults={"reason": theirs.reason}
        )
