"""Empty tables after a test whose transactions were real: only those that hold something, in one statement.

Django's own way truncates every table, which makes a new file for each of them and its indexes, and then has
permissions made again: a second of two processors for each of some hundred tests.
"""

from typing import Any

from django.db import connection, transaction

from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall

# What `migrate` itself keeps there, the same in every database.
STAYING = {"django_content_type", "auth_permission"}
BIGGEST = 2_000_000  # bytes; what is larger is truncated, which costs the same for any size
SIZE = "SELECT sum(pg_table_size(name::regclass)) FROM unnest(%s::text[]) name"


def empty_tables() -> None:
    """As TRUNCATE does, wait for whoever is still writing, and let nobody in until it is done."""
    with beside_wall(Beside.TESTS), transaction.atomic(), connection.cursor() as cursor:
        names = [
            connection.ops.quote_name(name)
            for name in sorted(set(connection.introspection.django_table_names(only_existing=True)) - STAYING)
        ]
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
        _empty(cursor, _holding_rows(cursor, names), names)


def _holding_rows(cursor: Any, names: list[str]) -> list[str]:
    cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names))
    return [name for (name,) in cursor.fetchall()]


def _empty(cursor: Any, filled: list[str], names: list[str]) -> None:
    cursor.execute(SIZE, [filled])
    if (cursor.fetchone()[0] or 0) > BIGGEST:
        cursor.execute(f"TRUNCATE {', '.join(names)}")
    elif filled:
        # References are looked at when the whole statement is done, so that no order is needed.
        deletes = ", ".join(f"d{n} AS (DELETE FROM {name})" for n, name in enumerate(filled))
        cursor.execute(f"WITH {deletes} SELECT")
