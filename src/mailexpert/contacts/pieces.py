"""What is done to many contacts at once, piece by piece; each piece is one transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

from mailexpert.contacts import queries
from mailexpert.contacts.models import Bulk, Segment
from mailexpert.contacts.queries import Search
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.core.scope import current_account
from mailexpert.privacy import actions as ledger
from mailexpert.privacy import rules

State = Bulk.State
PIECE = 20_000
# Up to so many each is looked for; without that the whole account is read first, 0.3 s at a million.
LOOPED = 200

# The people of the next piece who are still there.
PART = """
WITH part AS (
    SELECT c.id, c.email_key, c.status FROM contacts_bulk b
    CROSS JOIN LATERAL unnest(b.asked_ids[b.upto + 1 : b.upto + %(piece)s]) asked
    JOIN contacts_contact c ON c.id = asked WHERE b.id = %(bulk)s)
"""
TAG = f"""{PART}
INSERT INTO contacts_tagging (account_id, tag_id, contact_id) SELECT %(account)s, %(tag)s, id FROM part
ON CONFLICT DO NOTHING RETURNING contact_id
"""  # noqa: S608
UNTAG = f"""{PART}
DELETE FROM contacts_tagging g USING part WHERE g.tag_id = %(tag)s AND g.contact_id = part.id RETURNING g.contact_id
"""  # noqa: S608
# Who unsubscribed or is blocked stays off, as with an import; an unknown ground is replaced by a known one.
MAY_JOIN = f"""{PART}
SELECT p.id, p.email_key FROM part p
LEFT JOIN contacts_membership m ON m.list_id = %(list)s AND m.contact_id = p.id
WHERE p.status = 1 AND NOT EXISTS (SELECT FROM sending_suppression x WHERE x.email_key = p.email_key)
  AND (m.contact_id IS NULL OR (m.ended_at IS NULL AND m.ground = 'unknown' AND %(ground)s <> 'unknown'))
"""  # noqa: S608
JOIN = """
INSERT INTO contacts_membership AS m (account_id, list_id, contact_id, ground, since, source)
SELECT %(account)s, %(list)s, id, %(ground)s, now(), 'hand' FROM unnest(%(ids)s::bigint[]) id
ON CONFLICT (account_id, list_id, contact_id) DO UPDATE
    SET ground = excluded.ground, since = excluded.since, source = excluded.source
    WHERE m.ended_at IS NULL AND m.ground = 'unknown'
RETURNING contact_id
"""
JOINED = """
SELECT %(account)s, id, person, %(list)s, NULL, %(evidence)s, 1, %(purpose)s, %(ground)s, 'hand', now()
FROM unnest(%(ids)s::bigint[], %(persons)s::bytea[]) x (id, person)
"""
LEAVE = f"""{PART}
UPDATE contacts_membership m SET ended_at = now(), ended_by = 4 FROM part p
WHERE m.list_id = %(list)s AND m.contact_id = p.id AND m.ended_at IS NULL RETURNING p.id, p.email_key, m.ground
"""  # noqa: S608
LEFT = """
SELECT %(account)s, id, person, %(list)s, NULL, NULL, 2, %(purpose)s, ground, 'hand', now()
FROM unnest(%(ids)s::bigint[], %(persons)s::bytea[], %(grounds)s::text[]) x (id, person, ground)
"""
SETTLE = """
UPDATE contacts_bulk SET contact_ids = contact_ids || %(changed)s::bigint[], count = count + %(n)s,
    upto = least(upto + %(piece)s, whole) WHERE id = %(bulk)s RETURNING upto < whole
"""


@transaction.atomic
def gather(bulk_id: int) -> None:
    """Who it is about: everyone who fits as it begins, whatever changes in the meantime."""
    found = Bulk.objects.select_for_update().filter(id=bulk_id, state=State.QUEUED).first()
    if found is None:
        return
    try:
        people = queries.who(Search(**found.details["search"])) if "search" in found.details else None
    except (Segment.DoesNotExist, TreeProblem):
        Bulk.objects.filter(id=bulk_id).update(state=State.FAILED)
        return
    Bulk.objects.filter(id=bulk_id).update(state=State.RUNNING)
    if people is not None:
        wanted, params = queries.ids_of(people)
        taken = f"asked_ids = array({wanted} ORDER BY c.id)"
        _run(f"UPDATE contacts_bulk SET {taken} WHERE id = %s", [*params, bulk_id])  # noqa: S608
    _run("UPDATE contacts_bulk SET whole = cardinality(asked_ids) WHERE id = %s", [bulk_id])


@transaction.atomic
def step(bulk_id: int) -> bool:
    """The next piece; whether there is more to do. What was done stays when somebody stops it."""
    found = Bulk.objects.defer("asked_ids", "contact_ids").select_for_update().filter(id=bulk_id).first()
    if found is None or found.state != State.RUNNING:
        return False
    if found.cancel_asked:
        _end(found, State.CANCELLED)
        return False
    values = {"bulk": bulk_id, "piece": PIECE, "account": current_account(), "tag": found.tag_id}
    changed = VERBS[found.verb]({**values, "whole": found.whole, **found.details})
    goes_on = _run(SETTLE, {**values, "changed": changed, "n": len(changed)})[0][0]
    if not goes_on:
        _end(found, State.DONE)
    return bool(goes_on)


def _end(found: Bulk, state: Bulk.State) -> None:
    Bulk.objects.filter(id=found.id).update(state=state, asked_ids=[])


def _tag(values: Mapping[str, Any]) -> list[int]:
    return [row[0] for row in _run(TAG, values)]


def _untag(values: Mapping[str, Any]) -> list[int]:
    return [row[0] for row in _run(UNTAG, values)]


def _join(values: Mapping[str, Any]) -> list[int]:
    if values["whole"] > LOOPED:
        # The statistics don't know yet who was put on the list a moment ago: a loop over them took 95 s for 20,000.
        _run("SET LOCAL enable_nestloop = off", None)
    people = dict(_run(MAY_JOIN, values))
    joined = [row[0] for row in _run(JOIN, {**values, "ids": list(people)})]
    persons = [rules.person(people[contact_id]) for contact_id in joined]
    ledger.note_all(JOINED, {**values, "ids": joined, "persons": persons})
    return joined


def _leave(values: Mapping[str, Any]) -> list[int]:
    left = _run(LEAVE, values)
    ids, persons = [row[0] for row in left], [rules.person(row[1]) for row in left]
    ledger.note_all(LEFT, {**values, "ids": ids, "persons": persons, "grounds": [row[2] for row in left]})
    return ids


VERBS: Mapping[str, Callable[[Mapping[str, Any]], list[int]]] = {
    "tag": _tag,
    "untag": _untag,
    "join": _join,
    "leave": _leave,
}


def _run(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
