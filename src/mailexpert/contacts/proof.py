"""Everything that shows on what ground a person was mailed, in one document that a program can read too."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from mailexpert.accounts.models import Account
from mailexpert.contacts import queries, queries_history, queries_signup, words
from mailexpert.contacts.models import Contact, List
from mailexpert.core.scope import current_account
from mailexpert.privacy.models import Consent, Evidence

MARK = re.compile(r"sha256:([0-9a-f]{64})")
FORMAT = "mailexpert-proof-1"
# For each line the first link that ends at it or after it: a join over a range would look at every link for every line.
LINKS = """
SELECT c.id, l.n, encode(l.hash, 'hex') FROM privacy_consent c
CROSS JOIN LATERAL (
    SELECT n, hash, first_id FROM privacy_link
    WHERE account_id = %(account)s AND last_id >= c.id ORDER BY last_id LIMIT 1) l
WHERE c.account_id = %(account)s AND c.contact_id = ANY(%(contacts)s) AND l.first_id <= c.id
"""


def pack(contact: Contact) -> dict[str, Any]:
    """The proof of one person: who keeps it, who it is about, what was agreed to in which words, and which link of the
    chain seals each line."""
    account = Account.objects.get()
    numbers = queries_history.numbers_of(contact.id)
    lines = list(Consent.objects.filter(contact_id__in=numbers).order_by("at", "id"))
    texts = {one.id: one for one in Evidence.objects.filter(id__in={line.evidence_id for line in lines})}
    lists = {one.id: one for one in List.objects.filter(id__in={line.list_id for line in lines})}
    links = _links(numbers)
    shown = _shown(texts.values())
    return {
        "format": FORMAT,
        "made_at": timezone.now(),
        "sender": {
            "name": account.name,
            "postal_address": account.postal_address,
            "chamber_of_commerce": getattr(account, "kvk", ""),
        },
        "person": {
            "email": contact.email,
            "name": contact.name,
            "contact_since": contact.created_at,
            "former_addresses": queries_history.former_addresses(contact.id),
        },
        "lists": [
            {
                "list": one.list.name,
                "purpose": one.list.purpose,
                "ground": one.ground,
                "since": one.since,
                "ended_at": one.ended_at,
            }
            for one in queries.memberships_of(contact.id)
        ],
        "ledger": [
            _line(line, texts, lists, links) | {"shown": shown.get(line.evidence_id or 0, "")}
            for line in lines
        ],
    }


def _line(
    line: Consent,
    texts: dict[int, Evidence],
    lists: dict[int, List],
    links: dict[int, tuple[int, str]],
) -> dict[str, Any]:
    proof, on = texts.get(line.evidence_id or 0), lists.get(line.list_id or 0)
    n, head = links.get(line.id, (None, ""))
    return {
        "line": line.id,
        "at": line.at,
        "act": Consent.Act(line.act).name.lower(),
        "act_words": words.act(line),
        "list": on.name if on else "",
        "purpose": line.purpose,
        "ground": line.ground,
        "ground_words": line.get_ground_display(),
        "source": line.source,
        "words": proof.text if proof else "",
        "entered_at": _moment(proof),
        "link": n,
        "link_hash": head,
    }


def _shown(texts: Iterable[Evidence]) -> dict[int, str]:
    """What a form said, by the fingerprint that the ledger's line names."""
    marks = {one.id: found[1] for one in texts if (found := MARK.search(one.text))}
    bodies = queries_signup.texts(list(marks.values()))
    return {evidence_id: bodies.get(mark, "") for evidence_id, mark in marks.items()}


def _moment(proof: Evidence | None) -> datetime | None:
    return proof.at if proof else None


def _links(numbers: Sequence[int]) -> dict[int, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(LINKS, {"account": current_account(), "contacts": list(numbers)})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
