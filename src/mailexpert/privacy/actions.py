"""Writing in the ledger. Who calls these does so in the transaction of the change that the line is about."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection

from mailexpert.mail import address
from mailexpert.privacy import rules
from mailexpert.privacy.models import Consent, Evidence
from mailexpert.privacy.rules import MEASUREMENT

ADDRESS = re.compile(r"[^\s@<>()\",;:]{1,64}@[^\s@<>()\",;:]{1,255}")
_ends: list[Callable[[int], None]] = []
COLUMNS = "account_id, contact_id, person, list_id, issue_id, evidence_id, act, purpose, ground, source, at"


def keep_evidence(*, source: str, text: str, by_id: int | None = None) -> int:
    """How a ground came to be, in words; the id to name in the ledger's lines. Addresses in it are masked: the words
    are sealed, so a person's erasure could never take theirs out."""
    return Evidence.objects.create(source=source, text=masked(text), by_id=by_id).id


def masked(text: str) -> str:
    return ADDRESS.sub(lambda found: address.mask(found[0]), text)


def note(act: Consent.Act, *, contact_id: int, email_key: str, source: str, **facts: Any) -> None:
    """One line; `facts` are list_id, issue_id, evidence_id, purpose, ground and at."""
    person = rules.person(email_key)
    Consent.objects.create(act=act, contact_id=contact_id, person=person, source=source, **facts)
    if ends_measurement(act, facts.get("purpose", "")):
        for forget in _ends:
            forget(contact_id)


def ends_measurement(act: Consent.Act, purpose: str) -> bool:
    """Whether a line says that a person is no longer measured: they withdrew that, objected to all, or are gone."""
    return act in (Consent.Act.OBJECTED, Consent.Act.ERASED) or (
        act == Consent.Act.ENDED and purpose == MEASUREMENT
    )


def on_end(forget: Callable[[int], None]) -> None:
    """Called with the contact, in the same transaction, when a person is no longer measured."""
    _ends.append(forget)


def note_all(select: str, values: Mapping[str, Any]) -> int:
    """A line for each row of a SELECT that gives COLUMNS in their order; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO privacy_consent ({COLUMNS}) {select}", values)
        return int(cursor.rowcount)
