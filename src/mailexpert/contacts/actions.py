"""What one can do with lists, fields and contacts. A membership and its line in the ledger change in one
transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mailexpert.contacts import queries_history
from mailexpert.contacts.models import (
    Contact,
    Event,
    Field,
    List,
    Membership,
    Refusal,
    Signup,
    Tagging,
    slot_names,
)
from mailexpert.contacts.rules_columns import OWN_FIELDS
from mailexpert.core.jobs import defer
from mailexpert.core.scope import current_account
from mailexpert.mail import address
from mailexpert.privacy import actions as ledger
from mailexpert.privacy import actions_erasure, rules
from mailexpert.privacy.jobs_rights import finish_erasure
from mailexpert.privacy.models import Consent, Erasure, Ground
from mailexpert.sending.models import Reply, Suppression

EndedBy = Membership.EndedBy
SOURCES = {
    EndedBy.ONE_CLICK: "one_click",
    EndedBy.PAGE: "page",
    EndedBy.MAILTO: "mailto",
    EndedBy.HAND: "hand",
    EndedBy.IMPORT: "import",
    EndedBy.COMPLAINT: "complaint",
}


class FieldsFull(Exception):
    """An account has room for 20 text fields, and 10 of each other kind."""


class NameTaken(Exception):
    """There is one of this name already."""


class AddressTaken(Exception):
    """Another contact has this address."""


class ErasedBefore(Exception):
    """This person was erased at their own request, and comes back only by signing up themselves."""


class StoppedBefore(Exception):
    """This person unsubscribed from the list, and comes back only with a new ground."""


# Lists and fields


def make_list(name: str, purpose: str) -> List:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            return List.objects.create(name=name, purpose=purpose)
    except IntegrityError as problem:
        raise NameTaken(name) from problem


def rename_list(list_id: int, name: str) -> None:
    """Raises NameTaken. The purpose stays: people gave their ground for this one."""
    try:
        with transaction.atomic():
            List.objects.filter(id=list_id).update(name=name)
    except IntegrityError as problem:
        raise NameTaken(name) from problem


def archive_list(list_id: int) -> None:
    """Out of sight for new mailings and imports; memberships and proof stay."""
    List.objects.filter(id=list_id, archived_at=None).update(archived_at=timezone.now())


def restore_list(list_id: int) -> None:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            List.objects.filter(id=list_id).update(archived_at=None)
    except IntegrityError as problem:
        raise NameTaken(list_id) from problem


def make_field(name: str, label: str, kind: str, options: Iterable[str] = ()) -> Field:
    """Raises FieldsFull, NameTaken."""
    taken = set(Field.objects.values_list("slot", flat=True))
    free = next((slot for slot in slot_names(kind) if slot not in taken), None)
    if free is None:
        raise FieldsFull(FieldsFull.__doc__)
    if name in OWN_FIELDS:
        raise NameTaken(name)
    try:
        with transaction.atomic():
            return Field.objects.create(name=name, label=label, kind=kind, slot=free, options=list(options))
    except IntegrityError as problem:
        raise NameTaken(name) from problem


@dataclass(frozen=True, kw_only=True)
class NewField:
    """What a field is to hold that isn't there yet."""

    kind: str = Field.Kind.TEXT
    options: Sequence[str] = ()


def make_missing(names: Iterable[str], new: Mapping[str, NewField]) -> None:
    """A field for each name that is none yet: a text field, unless `new` says otherwise. Raises FieldsFull."""
    present = {"", *OWN_FIELDS, *Field.objects.values_list("name", flat=True)}
    for name in names:
        if name not in present:
            wanted = new.get(name, NewField())
            make_field(name, name.replace("_", " ").capitalize(), wanted.kind, wanted.options)


def rename_field(field_id: int, label: str) -> None:
    """Its name in templates stays: mails refer to it."""
    Field.objects.filter(id=field_id).update(label=label)


# Contacts


@transaction.atomic
def add_contact(email: str, values: Mapping[str, Any] | None = None, *, source: str = "hand") -> Contact:
    """`values`: columns of the contact (names, language, slots). `source` form: the person does it. Raises
    AddressProblem, AddressTaken, ErasedBefore."""
    let_in(address.parse(email).key, by_person=source == "form")
    try:
        with transaction.atomic():
            return Contact.objects.create(email=address.parse(email).text, **(values or {}))
    except IntegrityError as problem:
        raise AddressTaken(email) from problem


def let_in(email_key: str, *, by_person: bool) -> None:
    """Whoever was erased at their own request stays away until they come back by themselves. Raises ErasedBefore."""
    kept = Suppression.objects.filter(email_key=rules.off_mark(current_account(), email_key))
    if by_person:
        kept.filter(reason__in=[Suppression.Reason.ERASED, Suppression.Reason.OBJECTION]).delete()
    elif kept.exists():
        raise ErasedBefore(ErasedBefore.__doc__)


@transaction.atomic
def change_contact(
    contact_id: int,
    email: str,
    values: Mapping[str, Any],
    *,
    by_id: int | None = None,
    by_person: bool = False,
) -> None:
    """Raises address.AddressProblem, AddressTaken, ErasedBefore. What was changed stands in the contact's timeline, a
    former address in full: it is the one that people answer from."""
    parsed = address.parse(email).text
    before = Contact.objects.select_for_update().get(id=contact_id)
    changed = [name for name, value in values.items() if getattr(before, name) != value]
    if changed:
        _note(contact_id, Event.Kind.CHANGED, ",".join(changed), by_id)
    if before.email != parsed:
        let_in(parsed.lower(), by_person=by_person)
        _take_refusal_along(before.email_key, parsed.lower())
        _note(contact_id, Event.Kind.ADDRESS, before.email, by_id)
    try:
        with transaction.atomic():
            Contact.objects.filter(id=contact_id).update(email=parsed, updated_at=timezone.now(), **values)
    except IntegrityError as problem:
        raise AddressTaken(email) from problem


def _take_refusal_along(before: str, now: str) -> None:
    """Who stopped everything or complained did so as a person, whatever address they have since."""
    kept = (Suppression.Reason.OBJECTION, Suppression.Reason.COMPLAINT)
    said = Suppression.objects.filter(email_key=before, reason__in=kept).first()
    if said is not None and before != now:
        Suppression.objects.update_or_create(
            account_id=current_account(), email_key=now, defaults={"reason": said.reason}
        )


def _note(contact_id: int, kind: Event.Kind, detail: str, by_id: int | None) -> None:
    Event.objects.create(contact_id=contact_id, kind=kind, detail=detail, by_id=by_id)


@transaction.atomic
def erase_contact(
    contact_id: int,
    why: Erasure.Why = Erasure.Why.HAND,
    *,
    stays_off: bool = False,
    by_id: int | None = None,
    last_letter: Mapping[str, str] | None = None,
) -> Erasure:
    """Erase a person: their rows now, texts and files in the background (privacy.actions_erasure). What stays: the
    ledger's lines under a pseudonym, the outcomes of mailings by number, and a hash of who objected. Each address and
    number of before goes too, with a receipt of its own."""
    contact = Contact.objects.select_for_update().get(id=contact_id)
    person = actions_erasure.Person(contact_id=contact.id, email_key=contact.email_key)
    before = [
        actions_erasure.begin(former, why, stays_off=stays_off, by_id=by_id)
        for former in queries_history.former_selves([contact.id])
    ]
    begun = actions_erasure.begin(person, why, stays_off=stays_off, by_id=by_id, last_letter=last_letter)
    actions_erasure.rows_now([one.id for one in (*before, begun)])
    defer(finish_erasure, erasure_id=begun.id)
    return begun


@transaction.atomic
def erase_contacts(contact_ids: Sequence[int], why: Erasure.Why) -> int:
    """Many at once, at the cost of one where that can be."""
    found = list(Contact.objects.select_for_update().filter(id__in=list(contact_ids)).order_by("id"))
    persons = [
        *queries_history.former_selves([one.id for one in found]),
        *(actions_erasure.Person(contact_id=one.id, email_key=one.email_key) for one in found),
    ]
    begun = [actions_erasure.begin(one, why, stays_off=False) for one in persons]
    if begun:
        actions_erasure.rows_now([one.id for one in begun])
        defer(finish_erasure, erasure_id=begun[0].id)
    return len(found)


def remove(contact: Contact, act: Consent.Act, *, source: str) -> None:
    """Its rows by key, with a last line in the ledger."""
    ledger.note(act, contact_id=contact.id, email_key=contact.email_key, source=source)
    Membership.objects.filter(contact_id=contact.id).delete()
    Tagging.objects.filter(contact_id=contact.id).delete()
    Reply.objects.filter(contact_id=contact.id).delete()
    Refusal.objects.filter(values__contains=[contact.email]).delete()
    Signup.objects.filter(email_key=contact.email_key).delete()
    contact.delete()


def forget_activity(contact_id: int) -> None:
    """A person who is no longer measured has no last day either."""
    Contact.objects.filter(id=contact_id).exclude(last_open=None, last_click=None).update(
        last_open=None, last_click=None
    )


# Memberships


@transaction.atomic
def sign_up(
    contact: Contact,
    into: List,
    *,
    ground: str,
    evidence: str = "",
    source: str = "hand",
    by_id: int | None = None,
) -> Membership:
    """Put a contact on a list with its ground. A known ground brings back who unsubscribed: the caller
    has it from the person."""
    now = timezone.now()
    kept, is_new = Membership.objects.select_for_update().get_or_create(
        account_id=contact.account_id,
        list_id=into.id,
        contact_id=contact.id,
        defaults={"ground": ground, "since": now, "source": source},
    )
    if not is_new:
        if kept.ended_at is not None and ground == Ground.UNKNOWN:
            raise StoppedBefore(StoppedBefore.__doc__)
        changed = {"ground": ground, "since": now, "source": source, "ended_at": None, "ended_by": None}
        Membership.objects.filter(list_id=into.id, contact_id=contact.id).update(**changed)
        kept = Membership.objects.get(list_id=into.id, contact_id=contact.id)
    ledger.note(
        Consent.Act.GIVEN,
        contact_id=contact.id,
        email_key=contact.email_key,
        source=source,
        list_id=into.id,
        purpose=into.purpose,
        ground=ground,
        evidence_id=ledger.keep_evidence(source=source, text=evidence, by_id=by_id),
        at=now,
    )
    return kept


def end_membership(contact_id: int, list_id: int, by: Membership.EndedBy) -> bool:
    return bool(end_memberships(contact_id, [list_id], by))


@transaction.atomic
def end_memberships(
    contact_id: int, list_ids: Iterable[int] | None, by: Membership.EndedBy, *, issue_id: int | None = None
) -> list[int]:
    """End a contact's memberships of these lists (None: of all); the lists that it was still on."""
    rows = Membership.objects.filter(contact_id=contact_id, ended_at=None)
    if list_ids is not None:
        rows = rows.filter(list_id__in=list(list_ids))
    standing = list(rows.select_for_update().order_by("list_id"))
    if not standing:
        return []
    now = timezone.now()
    ended = [membership.list_id for membership in standing]
    Membership.objects.filter(contact_id=contact_id, list_id__in=ended).update(ended_at=now, ended_by=by)
    email_key = Contact.objects.values_list("email_key", flat=True).get(id=contact_id)
    purposes = dict(List.objects.filter(id__in=ended).values_list("id", "purpose"))
    for membership in standing:
        ledger.note(
            Consent.Act.ENDED,
            contact_id=contact_id,
            email_key=email_key,
            source=SOURCES[by],
            list_id=membership.list_id,
            issue_id=issue_id,
            purpose=purposes.get(membership.list_id, ""),
            ground=membership.ground,
            at=now,
        )
    return ended


@transaction.atomic
def object_to_all(contact: Contact, by: Membership.EndedBy, *, issue_id: int | None = None) -> list[int]:
    """The person wants no mail at all: every list ends, and no import brings the address back."""
    ended = end_memberships(contact.id, None, by, issue_id=issue_id)
    Suppression.objects.get_or_create(
        account_id=contact.account_id,
        email_key=contact.email_key,
        defaults={"reason": Suppression.Reason.OBJECTION},
    )
    ledger.note(
        Consent.Act.OBJECTED,
        contact_id=contact.id,
        email_key=contact.email_key,
        source=SOURCES[by],
        issue_id=issue_id,
    )
    return ended
