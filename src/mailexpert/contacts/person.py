"""Everything that is kept about one person, as the data register marks it: to read, as JSON, and as a CSV file that an
import takes."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import IntegerChoices
from django.utils import timezone
from django.utils.translation import get_language

from mailexpert.accounts.models import Account
from mailexpert.contacts import (
    queries,
    queries_catalogue,
    queries_history,
    queries_segments,
    words_receipt,
    words_segments,
)
from mailexpert.contacts.models import Contact, Field, List, Membership, Tag
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.contacts.rules_csv import defused
from mailexpert.core import register
from mailexpert.privacy import plans
from mailexpert.privacy.models import Consent, Evidence, Subprocessor
from mailexpert.privacy.queries import subprocessors
from mailexpert.privacy.words_register import told
from mailexpert.sending.models import Issue, Outcome, Stop, Suppression
from mailexpert.tracking.models_hits import Kind

FORMAT = "mailexpert-person-1"
OWN = ("email", "first_name", "last_name", "language", "time_zone")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One table: why it is kept, on what ground and how long, and what of this person is in it."""

    table: str
    what: str
    purpose: str
    ground: str
    keep: str
    rows: list[dict[str, Any]]


def everything(contact: Contact) -> dict[str, Any]:
    """The whole export. Names of lists, fields and proofs stand where the tables hold only their numbers."""
    owner = Account.objects.get()
    return {
        "format": FORMAT,
        "made_at": timezone.now(),
        "sender": {"name": owner.name, "postal_address": owner.postal_address},
        "person": {"email": contact.email, **fields_of(contact)},
        "segments": segments_of(contact),
        "recipients": [recipient(one) for one in subprocessors()],
        "tables": {one.table: vars(one) for one in kept(contact)},
    }


def kept(contact: Contact) -> Iterator[Kept]:
    known = register.tables()
    names = _Names()
    former = queries_history.numbers_of(contact.id)[1:]
    for table, rows in plans.read("contact", contact.id, former).items():
        about = known[table]
        yield Kept(
            table=table,
            what=words_receipt.about(table),
            purpose=told(about.purpose),
            ground=told(about.ground),
            keep=told(about.keep),
            rows=[names.named(table, row) for row in rows],
        )


# What stands in the tables as a number, and its name here.
NUMBERED: dict[tuple[str, str], type[IntegerChoices]] = {
    ("privacy_consent", "act"): Consent.Act,
    ("contacts_membership", "ended_by"): Membership.EndedBy,
    ("sending_delivery", "outcome"): Outcome,
    ("sending_stop", "via"): Stop.Via,
    ("sending_suppression", "reason"): Suppression.Reason,
    ("tracking_trail", "kind"): Kind,
}


class _Names:
    """Read once for all rows."""

    def __init__(self) -> None:
        self.fields = {one.slot: one.name for one in Field.objects.all()}
        lists = dict(List.objects.values_list("id", "name"))
        labels = dict(Tag.objects.values_list("id", "name"))
        mailings = dict(Issue.objects.values_list("id", "subject"))
        self.by_key = {
            "list_id": ("list", lists),
            "tag_id": ("label", labels),
            "issue_id": ("mailing", mailings),
        }

    def named(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        if table == "contacts_contact":
            slots = {slot for slot in row if slot[:1] in "tndb" and slot[1:].isdigit()}
            own = {name: value for name, value in row.items() if name not in slots}
            return own | {f"contact.{name}": row[slot] for slot, name in self.fields.items() if slot in row}
        made = {}
        for column, value in row.items():
            if column in self.by_key:
                name, names = self.by_key[column]
                made[name] = names.get(value, "")
            elif column == "evidence_id":
                proof = Evidence.objects.filter(id=value).first()
                made["words"] = proof.text if proof else ""
            elif column == "slot":
                made["field"] = self.fields.get(value, value)
            elif (table, column) in NUMBERED and value is not None:
                made[column] = NUMBERED[table, column](value).name.lower()
            else:
                made[column] = value
        return made


def segments_of(contact: Contact) -> list[dict[str, str]]:
    """The groups that this person falls into, and by which rule; nothing else is decided about them."""
    known = queries_catalogue.catalogue()
    found = []
    for one in queries_segments.segments():
        try:
            rules = queries_segments.tree_of(one)
            why = queries_segments.why(rules, contact.id)
        except TreeProblem:
            continue
        if why is not None and why.is_in:
            found.append({"name": one.name, "rule": words_segments.sentence(rules, known)})
    return found


def fields_of(contact: Contact) -> dict[str, Any]:
    own = {name: getattr(contact, name) for name in OWN[1:]}
    return own | {field.name: value for field, value in queries.field_values(contact, queries.fields())}


def recipient(one: Subprocessor) -> dict[str, str]:
    """Who handles the data on our behalf, by name and address."""
    purpose = one.purpose_en if get_language() == "en" else one.purpose_nl
    return {"name": one.name, "address": f"{one.postal_address}, {one.country}", "purpose": purpose}


def as_json(contact: Contact) -> str:
    return json.dumps(everything(contact), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2, default=str)


def as_csv(contact: Contact) -> str:
    """One line under the names that an import knows (docs/rights.md)."""
    values = {"email": contact.email, **fields_of(contact)}
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(values)
    told = ["" if value is None else value for value in values.values()]
    writer.writerow([defused(value) if isinstance(value, str) else value for value in told])
    return made.getvalue()


@dataclass(frozen=True, kw_only=True)
class Readable:
    email: str
    name: str
    values: list[tuple[str, Any]]
    memberships: list[Any]
    timeline: list[Any]
    segments: list[dict[str, str]]
    recipients: list[dict[str, str]]
    kept: list[Kept]


def readable(contact: Contact) -> Readable:
    values = queries.field_values(contact, queries.fields())
    return Readable(
        email=contact.email,
        name=contact.name,
        values=[(field.label, value) for field, value in values if value not in (None, "")],
        memberships=queries.memberships_of(contact.id),
        timeline=queries_history.timeline(contact.id),
        segments=segments_of(contact),
        recipients=[recipient(one) for one in subprocessors()],
        kept=list(kept(contact)),
    )
