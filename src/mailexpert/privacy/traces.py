"""An address where no key leads to its person: in a refused row, an answer of the API, somebody else's field, a note.

Every text of an account's tables is looked through, as the register knows them. Tables that hold the account's own
addresses (who sends, who works there) are not."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from psycopg import sql

from mailexpert.core import register
from mailexpert.core.models import Walled

# Lines that are sealed, or only numbers and codes. What is written as evidence never holds an address
# (privacy.actions.keep_evidence).
SEALED = frozenset(
    ("privacy_consent", "privacy_evidence", "privacy_link", "sending_delivery", "privacy_erasure")
)
# Rows that pass by themselves and hold more of a person than the address: they go whole.
PASSING = frozenset(("contacts_refusal", "contacts_letter", "contacts_change", "api_answer"))
KINDS = {"text": "text", "character varying": "text", "jsonb": "json", "ARRAY": "array"}
COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')
  AND udt_name NOT IN ('_int8', '_int4', '_float8', '_bool') ORDER BY table_name, column_name
"""
AS_TEXT = {"text": "lower({0})", "json": "lower({0}::text)", "array": "lower(array_to_string({0}, ' '))"}
CHANGED = {
    "text": "regexp_replace({0}, %(pattern)s, %(mark)s, 'gi')",
    "json": "regexp_replace({0}::text, %(pattern)s, %(mark)s, 'gi')::jsonb",
    "array": "ARRAY(SELECT regexp_replace(one, %(pattern)s, %(mark)s, 'gi') FROM unnest({0}) WITH ORDINALITY "
    "AS a (one, n) ORDER BY n)",
}
ESCAPE = str.maketrans({sign: f"\\{sign}" for sign in ".^$*+?()[]{}|\\/"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """`is_accounts`: it holds what the account wrote for itself."""

    table: str
    columns: dict[str, str]
    is_accounts: bool


def places() -> list[Place]:
    """Where a text may name somebody; the register says whose tables they are."""
    walled = {
        m._meta.db_table for m in apps.get_models() if issubclass(m, Walled) and m.wall_column == "account_id"
    }
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        live = cursor.fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in live:
        if table in walled and table not in SEALED and _may_name(table, column):
            found.setdefault(table, {})[column] = KINDS[kind]
    whose = {name: table.subject for name, table in register.tables().items()}
    return [
        Place(table=table, columns=columns, is_accounts=whose.get(table) in ("account", "user"))
        for table, columns in sorted(found.items())
    ]


def _may_name(table: str, column: str) -> bool:
    """A column that is declared as the account's own address is what it sends from, and stays."""
    known = register.tables().get(table)
    if known is None:
        return True
    declared = known.columns.get(column)
    is_address = declared is not None and declared.category.startswith(("user.contact", "user.name"))
    return known.subject == "contact" or not is_address


def erase(place: Place, account_id: int, address: str, mark: str) -> int:
    """How many rows named it. Runs beside the wall, since some of these tables are only added to."""
    found = sql.SQL(" OR ").join(_names(column, kind) for column, kind in place.columns.items())
    where = sql.SQL("account_id = %(account)s AND ({})").format(found)
    values: dict[str, int | str] = {
        "account": account_id,
        "address": address,
        # Not inside a longer address.
        "pattern": rf"(?<![\w.+-]){address.translate(ESCAPE)}(?![\w-]|\.\w)",
        "mark": mark,
    }
    if place.table in PASSING:
        statement = sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(place.table), where)
    else:
        changed = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(c), _filled(CHANGED[k], c))
            for c, k in place.columns.items()
        )
        statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(sql.Identifier(place.table), changed, where)
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(None), values)
        return int(cursor.rowcount)


def _names(column: str, kind: str) -> sql.Composable:
    """The quick look first: a pattern over a million rows takes its time."""
    text = _filled(AS_TEXT[kind], column)
    return sql.SQL("(strpos({0}, %(address)s) > 0 AND {0} ~ %(pattern)s)").format(text)


def _filled(template: str, column: str) -> sql.Composable:
    return sql.SQL(template).format(sql.Identifier(column))


NAMED = (
    'SELECT DISTINCT lower(one) FROM contacts_refusal, unnest("values") one WHERE account_id = %s',
    "SELECT DISTINCT lower(detail) FROM contacts_event WHERE account_id = %s",
    "SELECT DISTINCT lower(email_key) FROM sending_suppression WHERE account_id = %s",
    "SELECT DISTINCT lower(recipient) FROM contacts_letter WHERE account_id = %s",
)


def named_in(account_id: int) -> Iterator[str]:
    """Addresses that stand where no contact need be: for cleaning a restored backup, where only hashes are known."""
    for statement in NAMED:
        with connection.cursor() as cursor:
            cursor.execute(statement, [account_id])
            yield from (value.strip() for (value,) in cursor.fetchall() if "@" in value)
