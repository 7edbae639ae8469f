"""Indexes on the columns that segments look into, made when the first one does. Sixty of them from the start would
cost every import; none would cost every count half a second at a million contacts.

An index holds active people only, as every segment does: of numbers and days a count then reads nothing but the
index (25,000 days in 26 pages instead of 25,000)."""

from django.db import connection

from mailexpert.contacts.models import SLOTS, slot_names

OF_EVERYONE = {"first_name": "lower(first_name) text_pattern_ops", "last_name": "lower(last_name) text_pattern_ops",
               "created_at": "created_at"}  # fmt: skip
OF_SOME = {
    **{slot: slot for kind in SLOTS for slot in slot_names(kind)},
    **{slot: f"lower({slot}) text_pattern_ops" for slot in slot_names("text")},
    "last_open": "last_open",
    "last_click": "last_click",
}
KNOWN = OF_EVERYONE | OF_SOME
INVALID = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"


def prepare(column: str) -> bool:
    """Index one column over all accounts and let the planner count what it holds; whether either is new."""
    is_indexed, is_counted = _index(column), _count(column)
    return is_indexed or is_counted


def _index(column: str) -> bool:
    """Without holding up who writes. Text is found without regard to capitals and by its beginning."""
    expression = KNOWN[column]
    filled = f" AND {column} IS NOT NULL" if column in OF_SOME else ""
    # Inside a transaction (a test) an index can't be made concurrently.
    quietly = "" if connection.in_atomic_block else "CONCURRENTLY "
    name = f"contacts_active_{column}"
    with connection.cursor() as cursor:
        cursor.execute(INVALID, [name])  # what a killed worker left halfway
        if cursor.fetchone():
            cursor.execute(f"DROP INDEX {quietly}{name}")
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return False
        cursor.execute(
            f"CREATE INDEX {quietly}IF NOT EXISTS {name} ON contacts_contact (account_id, {expression}) "
            f"WHERE status = 1{filled}"
        )
        cursor.execute(
            f"DROP INDEX {quietly}IF EXISTS contacts_slot_{column}"
        )  # of everyone, as it was before
    return True


def _count(column: str) -> bool:
    """Of an index on some rows the planner doesn't use what it knows about `lower()`: it took every text for one in
    two hundred, and read 120,000 people for a page of fifty."""
    if not KNOWN[column].startswith("lower("):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_statistic_ext WHERE stxname = %s", [f"contacts_lower_{column}"])
        if cursor.fetchone():
            return False
        cursor.execute(
            f"CREATE STATISTICS IF NOT EXISTS contacts_lower_{column} ON lower({column}) FROM contacts_contact"
        )
    return True


def learn() -> None:
    """Let the planner look at what is new."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
