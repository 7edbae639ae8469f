"""The SQL files of the hot path against the models: a column that is renamed here must not be missed there."""

import re

import pytest
from django.apps import apps

from mailexpert.delivery.outbox_pg import SQL, PgOutbox
from mailexpert.delivery.tests.mailroom import Mailroom

TABLES = re.compile(r"\b(sending_\w+|contacts_\w+)\b")
INSERTS = re.compile(r"(?:INSERT INTO|COPY) (\w+)\s*\(([^)]*)\)")
SETS = re.compile(r"UPDATE (\w+) ?\w*\s+SET (.*?)(?:FROM|WHERE|RETURNING|\Z)", re.DOTALL)
ASSIGNED = re.compile(r"(?:^|,)\s*(\w+) = ", re.MULTILINE)


def columns() -> dict[str, set[str]]:
    return {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in apps.get_models()
    }


def test_every_table_that_the_statements_name_exists() -> None:
    named = {table for statement in SQL.values() for table in TABLES.findall(statement)}
    assert named <= set(columns())
    assert "sending_shard" in named


@pytest.mark.parametrize("name", sorted(SQL))
def test_every_column_that_is_written_exists(name: str) -> None:
    known = columns()
    for table, listed in INSERTS.findall(SQL[name]):
        assert {column.strip() for column in listed.split(",")} <= known[table]
    for table, assignments in SETS.findall(SQL[name]):
        assert set(ASSIGNED.findall(assignments)) <= known[table]


def numbered(statement: str) -> str:
    """With PostgreSQL's own placeholders."""
    numbers: dict[str, str] = {}
    return re.sub(
        r"%\((\w+)\)s", lambda found: numbers.setdefault(found[1], f"${len(numbers) + 1}"), statement
    )


@pytest.mark.django_db(transaction=True)
def test_every_statement_is_understood_by_the_database(shop: object) -> None:
    """PostgreSQL itself reads every statement: unknown columns and wrong types are refused at PREPARE."""
    room = Mailroom(shop)  # type: ignore[arg-type]
    statements = {name: text for name, text in SQL.items() if name not in ("people", "copy_ledger")}
    reading = PgOutbox("")._reading(["email", "first_name", "t1", "n2", "d3", "b4", "segment:12", ""])
    statements |= {"read_window": reading[0], "read_people": reading[1]}
    for name, text in statements.items():
        room.ask(f"PREPARE {name}_try AS {numbered(text)}")
    room.close()


@pytest.mark.parametrize(
    "column", ["t21", "email; DROP TABLE x", "id", "T1", "email_key", "segment:1) OR true"]
)
def test_only_columns_of_a_contact_can_be_asked_for(column: str) -> None:
    with pytest.raises(ValueError, match="no columns"):
        PgOutbox("")._reading([column])
