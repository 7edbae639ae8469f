"""What happened with one contact: consent, mails, changes and requests, also of whoever became part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from mailexpert.contacts import words
from mailexpert.contacts.models import Contact, Event, Field, List
from mailexpert.core.scope import current_account
from mailexpert.privacy.actions_erasure import Person
from mailexpert.privacy.models import Case, Consent, Evidence

MAILS_SHOWN = 50
LINES_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Mailed:
    """A mailing that reached a contact, or didn't."""

    subject: str
    outcome: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A line of a contact's timeline. `kind` says which template words it."""

    at: datetime
    kind: str
    what: Any


# One person, several numbers and addresses


def numbers_of(contact_id: int) -> list[int]:
    """The contact's own number and those of the contacts that became part of it: the ledger, the mails and the links
    in them still name those."""
    merged = Event.objects.filter(contact_id=contact_id, former_id__isnull=False).order_by("id")
    return [contact_id, *(number for number in merged.values_list("former_id", flat=True) if number)]


def reached(number: int) -> Contact | None:
    """The contact of this number, or the one that it became part of."""
    found = Contact.objects.filter(id=number).first()
    if found is None:
        merged = Event.objects.filter(former_id=number).select_related("contact").first()
        found = merged.contact if merged is not None else None
    return found


def former_selves(contact_ids: Sequence[int]) -> list[Person]:
    """Under which addresses and numbers these contacts were known before. An address that is somebody else's by now is
    left out."""
    found = {
        (one.contact_id, one.detail.lower()): Person(
            contact_id=one.former_id or one.contact_id, email_key=one.detail.lower()
        )
        for one in _renamed(contact_ids)
    }
    keys = {one.email_key for one in found.values()}
    taken = set(Contact.objects.filter(email_key__in=keys).values_list("email_key", flat=True))
    return [one for one in found.values() if one.email_key not in taken]


def former_addresses(contact_id: int) -> list[str]:
    return list(dict.fromkeys(one.detail for one in _renamed([contact_id])))


def _renamed(contact_ids: Sequence[int]) -> list[Event]:
    """Changes of address and merges, oldest first. Of an address that was erased since a mark is left."""
    kinds = (Event.Kind.ADDRESS, Event.Kind.MERGED)
    events = Event.objects.filter(contact_id__in=list(contact_ids), kind__in=kinds).order_by("id")
    return [one for one in events if "@" in one.detail]


# The parts of the timeline


def ledger_of(numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The ledger's lines of a contact, newest first, with the words that prove each."""
    lines = list(Consent.objects.filter(contact_id__in=numbers).order_by("-at", "-id")[:LINES_SHOWN])
    texts = dict(
        Evidence.objects.filter(id__in=[line.evidence_id for line in lines]).values_list("id", "text")
    )
    names = dict(List.objects.filter(id__in=[line.list_id for line in lines]).values_list("id", "name"))
    return [
        {
            "line": line,
            "said": words.act(line),
            "list": names.get(line.list_id or 0, ""),
            "evidence": texts.get(line.evidence_id or 0, ""),
        }
        for line in lines
    ]


def mailed(numbers: Sequence[int]) -> list[Mailed]:
    """What was sent to a contact, newest first. Found by way of the issues: the ledger of deliveries has no
    index on people, which would cost every mail 20 bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.subject, d.outcome, d.at FROM sending_issue i "
            "JOIN sending_delivery d ON d.issue_id = i.id AND d.contact_id = ANY(%(contacts)s) "
            "WHERE i.account_id = %(account)s AND d.account_id = %(account)s AND i.kind = 1 "
            "ORDER BY i.id DESC, d.attempt DESC LIMIT %(limit)s",
            {"contacts": list(numbers), "account": current_account(), "limit": MAILS_SHOWN},
        )
        return [Mailed(subject=row[0], outcome=row[1], at=row[2]) for row in cursor.fetchall()]


def _requests(contact_id: int) -> list[Moment]:
    """What this person asked for by right, and when it was answered."""
    found = []
    for case in Case.objects.filter(contact_id=contact_id).order_by("id"):
        # Only its day is known: the last of what happened then, and before its answer.
        came_in = timezone.make_aware(datetime.combine(case.received_on, time.max))
        if case.closed_at is not None:
            found.append(Moment(at=case.closed_at, kind="answered", what=case))
            came_in = min(came_in, case.closed_at)
        found.append(Moment(at=came_in, kind="asked", what=case))
    return found


def _labels() -> Mapping[str, str]:
    labels: dict[str, str] = dict(Field.objects.values_list("slot", "label"))
    labels |= {"first_name": _("First name"), "last_name": _("Last name"), "language": _("Language")}
    labels |= {"time_zone": _("Time zone")}
    labels |= {"paused_until": _("End of the pause"), "every_days": _("How often")}
    return labels


def timeline(contact_id: int) -> list[Moment]:
    """Sign-ups, mails, changes and requests of a contact, newest first."""
    numbers = numbers_of(contact_id)
    found = [Moment(at=one["line"].at, kind="ledger", what=one) for one in ledger_of(numbers)]
    found += [Moment(at=one.at, kind="mail", what=one) for one in mailed(numbers)]
    found += _requests(contact_id)
    labels = _labels()
    for one in Event.objects.filter(contact_id=contact_id).order_by("-id")[:LINES_SHOWN]:
        names = [labels.get(name, name) for name in one.detail.split(",")]
        found.append(Moment(at=one.at, kind=one.kind, what={"event": one, "names": names}))
    return sorted(found, key=lambda one: one.at, reverse=True)
