"""One thing done to many contacts at once. Labels go by one statement, however many there are, and can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from mailexpert.contacts.actions import EndedBy, StoppedBefore, end_membership, sign_up
from mailexpert.contacts.models import Bulk, Contact, FoundContact, List, Tagging
from mailexpert.core.scope import current_account

POSSIBLE = timedelta(hours=24)
MOST_AT_ONCE = 1_000  # of what goes person by person

# What was changed is kept in the same statement, so that an undo touches those people and nobody else.
TAG = """
WITH made AS (
    INSERT INTO contacts_tagging (account_id, tag_id, contact_id) SELECT %s, %s, id FROM ({people}) people
    ON CONFLICT DO NOTHING RETURNING contact_id)
INSERT INTO contacts_bulk (account_id, verb, tag_id, contact_ids, by_id)
SELECT %s, 'tag', %s, coalesce(array_agg(contact_id), '{{}}'), %s FROM made RETURNING id, cardinality(contact_ids)
"""
UNTAG = """
WITH gone AS (
    DELETE FROM contacts_tagging WHERE account_id = %s AND tag_id = %s AND contact_id IN ({people})
    RETURNING contact_id)
INSERT INTO contacts_bulk (account_id, verb, tag_id, contact_ids, by_id)
SELECT %s, 'untag', %s, coalesce(array_agg(contact_id), '{{}}'), %s FROM gone RETURNING id, cardinality(contact_ids)
"""


class NotAnyMore(Exception):
    """It can be undone for a day, and once."""


@dataclass(frozen=True, kw_only=True)
class Done:
    bulk_id: int
    count: int


def tag(people: QuerySet[FoundContact], tag_id: int, *, by_id: int | None) -> Done:
    return _by_statement(TAG, people, tag_id, by_id)


def untag(people: QuerySet[FoundContact], tag_id: int, *, by_id: int | None) -> Done:
    return _by_statement(UNTAG, people, tag_id, by_id)


def _by_statement(statement: str, people: QuerySet[FoundContact], tag_id: int, by_id: int | None) -> Done:
    wanted, params = people.order_by().values("id").query.sql_with_params()
    mine: list[Any] = [current_account(), tag_id]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(people=wanted), [*mine, *params, *mine, by_id])
        bulk_id, count = cursor.fetchone()
    return Done(bulk_id=bulk_id, count=count)


@transaction.atomic
def undo(bulk_id: int) -> int:
    """How many are as before. Raises NotAnyMore."""
    found = Bulk.objects.select_for_update().get(id=bulk_id)
    if found.undone_at is not None or found.at < timezone.now() - POSSIBLE or found.tag_id is None:
        raise NotAnyMore(NotAnyMore.__doc__)
    if found.verb == "tag":
        Tagging.objects.filter(tag_id=found.tag_id, contact_id__in=found.contact_ids).delete()
    else:
        present = Contact.objects.filter(id__in=found.contact_ids).values_list("id", flat=True)
        Tagging.objects.bulk_create(
            (Tagging(tag_id=found.tag_id, contact_id=contact_id) for contact_id in present),
            ignore_conflicts=True,
            batch_size=10_000,
        )
    Bulk.objects.filter(id=bulk_id).update(undone_at=timezone.now())
    return len(found.contact_ids)


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
