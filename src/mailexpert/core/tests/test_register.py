"""The data register against the live schema: no stored field without a purpose, a ground and an end."""

import pytest
from django.apps import apps
from django.db import connection

from mailexpert.core import register
from mailexpert.core.beside import Beside
from mailexpert.core.register import DeclaredTwice, declare
from mailexpert.core.scope import beside_wall

COLUMNS = """
    SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped
"""


def live_columns() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


@pytest.mark.django_db
def test_every_stored_column_is_declared_and_nothing_else() -> None:
    live = live_columns()
    declared = {name: set(table.columns) for name, table in register.tables().items()}
    undeclared = {
        t: sorted(c - declared.get(t, set())) for t, c in live.items() if c - declared.get(t, set())
    }
    gone = {t: sorted(c - live.get(t, set())) for t, c in declared.items() if c - live.get(t, set())}
    assert undeclared == {}, "declare these in the declare.py of their room"
    assert gone == {}, "these are declared but stored nowhere"


@pytest.mark.parametrize("table", register.tables().values(), ids=lambda table: table.name)
def test_a_declaration_says_why_on_what_ground_whose_and_how_long(table: register.Table) -> None:
    assert all((table.purpose, table.ground, table.subject, table.keep))
    assert table.subject in {"account", "contact", "user", "visitor", "nobody"}


@pytest.mark.parametrize("table", register.tables().values(), ids=lambda table: table.name)
def test_what_belongs_to_nobody_holds_nothing_personal(table: register.Table) -> None:
    if table.subject == "nobody":
        assert [name for name, column in table.columns.items() if column.is_personal] == []


def test_a_room_declares_its_own_tables_only() -> None:
    """The name of a table begins with its room, so that a reader knows where to look."""
    rooms = {config.label for config in apps.get_app_configs() if config.name.startswith("mailexpert.")}
    libraries = {"account", "axes", "auth", "django", "procrastinate"}
    assert {name.split("_")[0] for name in register.tables()} <= rooms | libraries


def test_a_table_is_declared_once() -> None:
    with pytest.raises(DeclaredTwice):
        declare("accounts_user", purpose="x", ground="x", subject="user", keep="x")
