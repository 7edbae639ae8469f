"""An address where no key leads to its person: in a refused row, an answer of the API, somebody else's field, a note.

Every text of an account's tables is looked through, as the register knows them. Tables that hold the account's own
addresses (who sends, who works there) are not."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg import sql
from psycopg.types.json import Jsonb

from mailexpert.core import register
from mailexpert.core.models import Walled
from mailexpert.privacy.rules_traces import Wanted

# Lines that are sealed, or only numbers and codes. What is written as evidence never holds an address
# (privacy.actions.keep_evidence).
SEALED = frozenset(
    ("privacy_consent", "privacy_evidence", "privacy_link", "sending_delivery", "privacy_erasure")
)
# A column that holds one address and nothing else, of rows that their key finds.
WHOLE = {("contacts_contact", "email")}
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
FEW = 20  # addresses that the database itself looks for
CHUNK = 500  # rows at a time


@dataclass(frozen=True, kw_only=True)
class Place:
    """`is_accounts`: it holds what the account wrote for itself."""

    table: str
    key: tuple[str, ...]
    columns: dict[str, str]
    is_accounts: bool


def places() -> list[Place]:
    """Where a text may name somebody; the register says whose tables they are."""
    walled = {
        m._meta.db_table: tuple(str(field.column) for field in m._meta.pk_fields)
        for m in apps.get_models()
        if issubclass(m, Walled) and m.wall_column == "account_id"
    }
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        live = cursor.fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in live:
        if (
            table in walled
            and table not in SEALED
            and (table, column) not in WHOLE
            and _may_name(table, column)
        ):
            found.setdefault(table, {})[column] = KINDS[kind]
    whose = {name: table.subject for name, table in register.tables().items()}
    return [
        Place(
            table=table,
            key=walled[table],
            columns=columns,
            is_accounts=whose.get(table) in ("account", "user"),
        )
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


def erase(place: Place, account_id: int, wanted: Wanted) -> Counter[str]:
    """How many rows named each address. One scan, however many are looked for. Runs beside the wall, since some of
    these tables are only added to."""
    touched: Counter[str] = Counter()
    with connection.chunked_cursor() as cursor:
        cursor.execute(*_looking(place, account_id, wanted))
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                key, values = row[: len(place.key)], row[len(place.key) :]
                if _without(place, values, wanted)[1]:
                    touched.update(_erase_row(place, key, wanted))
    return touched


def _looking(place: Place, account_id: int, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """Rows that may name somebody; what the database rules out at a glance never comes here."""
    names = sql.SQL(" OR ").join(
        sql.SQL(AS_TEXT[kind] + " LIKE ANY (%(patterns)s)").format(sql.Identifier(column))
        for column, kind in place.columns.items()
    )
    statement = sql.SQL("SELECT {} FROM {} WHERE account_id = %(account)s AND ({})").format(
        _listed(place.key + tuple(place.columns)), sql.Identifier(place.table), names
    )
    return statement.as_string(None), {"account": account_id, "patterns": wanted.patterns(FEW)}


def _erase_row(place: Place, key: Sequence[Any], wanted: Wanted) -> set[str]:
    """As it is by now."""
    table, here = sql.Identifier(place.table), _here(place)
    locked = sql.SQL("SELECT {} FROM {} WHERE {} FOR UPDATE").format(
        _listed(tuple(place.columns)), table, here
    )
    with connection.cursor() as cursor:
        cursor.execute(locked.as_string(None), key)
        row = cursor.fetchone()
        changed, found = _without(place, row, wanted) if row else ({}, set())
        if not found:
            return set()
        if place.table in PASSING:
            cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(table, here).as_string(None), key)
        else:
            sets = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in changed)
            statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(table, sets, here)
            cursor.execute(statement.as_string(None), [*changed.values(), *key])
    return found


def _listed(names: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _here(place: Place) -> sql.Composable:
    return sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in place.key)


def _without(place: Place, values: Sequence[Any], wanted: Wanted) -> tuple[dict[str, Any], set[str]]:
    changed: dict[str, Any] = {}
    found: set[str] = set()
    for (column, kind), value in zip(place.columns.items(), values, strict=True):
        # The driver of Django gives JSON as text.
        was = json.loads(value) if kind == "json" and isinstance(value, str) else value
        now, named = wanted.without_any(was)
        if named:
            found |= named
            changed[column] = Jsonb(now) if kind == "json" else now
    return changed, found


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
