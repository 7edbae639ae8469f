"""Taking a whole import back: who came with it goes, what it changed is as before, who did something since stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from mailexpert.contacts.jobs import source_of
from mailexpert.contacts.models import Change, Import
from mailexpert.contacts.rules_columns import SQL_TYPES
from mailexpert.core.scope import current_account
from mailexpert.privacy import actions as ledger

POSSIBLE = timedelta(days=7)
# Memberships that this import made and nobody touched since.
MINE = (
    "m.account_id = %(account)s AND m.list_id = %(list)s AND m.source = 'import' AND m.since = %(landed)s "
    "AND m.ended_at IS NULL"
)
UPGRADED = (
    "EXISTS (SELECT 1 FROM contacts_change b WHERE b.account_id = %(account)s AND b.import_id = %(import)s "
    "AND b.contact_id = m.contact_id AND b.before->>'membership' = 'true')"
)
# The ledger knows people by a keyed hash, which their last line holds.
PERSON = (
    "(SELECT p.person FROM privacy_consent p WHERE p.account_id = m.account_id AND p.contact_id = m.contact_id "
    "ORDER BY p.id DESC LIMIT 1)"
)
LEDGER_LINES = (
    f"SELECT m.account_id, m.contact_id, {PERSON}, m.list_id, NULL, %(evidence)s, 2, %(purpose)s, m.ground, "  # noqa: S608
    f"'undo', now() FROM contacts_membership m WHERE {MINE}"
)
GONE = """
DELETE FROM contacts_contact c WHERE c.account_id = %(account)s AND c.created_at = %(landed)s
AND c.updated_at = %(landed)s
AND NOT EXISTS (SELECT 1 FROM contacts_membership m WHERE m.account_id = %(account)s AND m.contact_id = c.id)
AND NOT EXISTS (SELECT 1 FROM contacts_tagging g WHERE g.account_id = %(account)s AND g.contact_id = c.id)
"""


class TooLate(Exception):
    """An import can be undone for seven days, once."""


@dataclass(frozen=True, kw_only=True)
class Undone:
    removed: int
    restored: int
    left: int


def can_undo(batch: Import) -> bool:
    return (
        batch.state == Import.State.DONE
        and batch.undone_at is None
        and batch.landed_at is not None
        and batch.landed_at > timezone.now() - POSSIBLE
    )


@transaction.atomic
def undo(import_id: int, *, by_id: int | None = None) -> Undone:
    """Raises TooLate. The ledger keeps both lines: that they were brought in, and that it was taken back."""
    batch = Import.objects.select_for_update().get(id=import_id)
    if not can_undo(batch):
        raise TooLate(TooLate.__doc__)
    values = {
        "account": current_account(),
        "import": batch.id,
        "list": batch.list_id,
        "landed": batch.landed_at,
        "purpose": batch.list.purpose if batch.list else "",
        "evidence": ledger.keep_evidence(source="undo", text=batch.file_name, by_id=by_id),
    }
    _take_off_the_list(values)
    restored = _restore([(column.target, column.kind) for column in source_of(batch).columns], values)
    removed = _count(GONE, values)
    Change.objects.filter(import_id=batch.id).delete()
    Import.objects.filter(id=batch.id).update(undone_at=timezone.now())
    return Undone(removed=removed, restored=restored, left=batch.added - removed)


def _take_off_the_list(values: Mapping[str, Any]) -> None:
    ledger.note_all(LEDGER_LINES, values)
    _count(f"UPDATE contacts_membership m SET ground = 'unknown' WHERE {MINE} AND {UPGRADED}", values)  # noqa: S608
    _count(f"DELETE FROM contacts_membership m WHERE {MINE} AND m.ground <> 'unknown'", values)  # noqa: S608


def _restore(columns: Sequence[tuple[str, str]], values: Mapping[str, Any]) -> int:
    """Only where nobody changed the person since."""
    if not columns:
        return 0
    taken = ", ".join(f"{t} = (b.before->>'{t}')::{SQL_TYPES.get(kind, 'text')}" for t, kind in columns)
    return _count(
        f"UPDATE contacts_contact c SET {taken}, updated_at = now() FROM contacts_change b "  # noqa: S608
        "WHERE b.account_id = %(account)s AND b.import_id = %(import)s AND b.before->>'values' = 'true' "
        "AND c.account_id = %(account)s AND c.id = b.contact_id AND c.updated_at = %(landed)s",
        values,
    )


def _count(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
