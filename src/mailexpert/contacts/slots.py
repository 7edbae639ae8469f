"""Indexes on the slot columns that segments look into, made when the first one does. Fifty of them from the start
would cost every import; none would cost every count half a second at a million contacts."""

from django.db import connection

from mailexpert.contacts.models import SLOTS, slot_names

KNOWN = {slot for kind in SLOTS for slot in slot_names(kind)}
INVALID = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"


def make_index(slot: str) -> bool:
    """Index one slot over all accounts, without holding up who writes; whether it was made now. Text is found
    without regard to capitals and by its beginning."""
    if slot not in KNOWN:
        raise KeyError(slot)
    name = f"contacts_slot_{slot}"
    column = f"lower({slot}) text_pattern_ops" if slot.startswith("t") else slot
    # Inside a transaction (a test) an index can't be made concurrently.
    quietly = "" if connection.in_atomic_block else "CONCURRENTLY "
    with connection.cursor() as cursor:
        cursor.execute(INVALID, [name])  # what a killed worker left halfway
        if cursor.fetchone():
            cursor.execute(f"DROP INDEX {quietly}{name}")
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return False
        cursor.execute(
            f"CREATE INDEX {quietly}IF NOT EXISTS {name} ON contacts_contact (account_id, {column}) "
            f"WHERE {slot} IS NOT NULL"
        )
    return True


def learn() -> None:
    """Let the planner know what the new indexes hold."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
