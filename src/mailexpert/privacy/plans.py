"""What the data register says about one person or one account: in which order to erase, and what to hand out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, Literal

from django.apps import apps
from django.db import connection
from psycopg import sql

from mailexpert.core import register
from mailexpert.core.register import Table

Whose = Literal["contact", "user", "account"]
Act = Literal["delete", "empty", "hash", "keep"]
# How rows are found that don't hold a contact's number alone.
OTHERWISE = {
    "contact_ids": "%s = ANY (contact_ids)",
    "email_key": "email_key = (SELECT email_key FROM contacts_contact WHERE id = %s)",
}
OWN_ROW = {"contact": "contacts_contact", "user": "accounts_user", "account": "accounts_account"}


class NoSuchPerson(Exception):
    """The register knows no table of such persons."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens to one table's rows. `key`: the column that finds them. `columns` are emptied or hashed; where all
    of a person's columns go, the row goes."""

    table: str
    key: str
    act: Act
    columns: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an export finds something about a person, and what of it they get."""

    table: str
    key: str
    columns: tuple[str, ...]
    purpose: str
    ground: str
    keep: str


def erasure(whose: Whose) -> list[Step]:
    """In an order in which no row still points at one that is gone: what refers comes before what is referred to."""
    steps = [step for table in _ordered() for step in _steps(table, whose)]
    if not steps:
        raise NoSuchPerson(whose)
    return steps


def export(whose: Whose) -> list[Source]:
    return [
        Source(
            table=table.name, key=key, columns=columns, purpose=table.purpose, ground=table.ground, keep=table.keep
        )
        for table in _ordered()
        if (key := _key(table, whose))
        and (columns := tuple(name for name, column in table.columns.items() if column.export))
    ]  # fmt: skip


def read(whose: Whose, number: int, former: Sequence[int] = ()) -> dict[str, list[dict[str, Any]]]:
    """Everything of one person that the register marks for export, by table, also under numbers of before. Runs inside
    the account, so another account's person is not there."""
    found: dict[str, list[dict[str, Any]]] = {}
    for source in export(whose):
        if source.key == "rcpt_to":
            continue  # the catcher's mails belong to the machine, which alone can read them
        where = OTHERWISE.get(source.key)
        statement = sql.SQL("SELECT {} FROM {} WHERE {}").format(
            sql.SQL(", ").join(map(sql.Identifier, source.columns)),
            sql.Identifier(source.table),
            sql.SQL(where) if where else sql.SQL("{} = ANY(%s)").format(sql.Identifier(source.key)),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement.as_string(None), [number if where else [number, *former]])
            rows = [dict(zip(source.columns, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            found[source.table] = rows
    return found


def _steps(table: Table, whose: Whose) -> Iterator[Step]:
    key = _key(table, whose)
    if not key:
        return
    personal = {name: column.erase for name, column in table.columns.items() if column.is_personal}
    kept = tuple(name for name, erase in personal.items() if erase == "keep")
    hashed = tuple(name for name, erase in personal.items() if erase == "hash")
    if whose == "account" or not (kept or hashed):
        # Where an account ends, everything of it ends; what the law wants kept has an end of its own.
        yield Step(table=table.name, key=key, act="delete")
        return
    emptied = tuple(name for name, erase in personal.items() if erase == "delete")
    if hashed:
        yield Step(table=table.name, key=key, act="hash", columns=hashed, reason=table.ground)
    if emptied:
        yield Step(table=table.name, key=key, act="empty", columns=emptied)
    if kept:
        yield Step(table=table.name, key=key, act="keep", columns=kept, reason=table.ground)


def _key(table: Table, whose: Whose) -> str:
    """The column that holds the person's or account's number; empty where the table has nothing of them."""
    if table.name == OWN_ROW[whose]:
        return "id"
    if whose == "account":
        return "account_id" if "account_id" in table.columns else ""
    if table.subject == whose and table.person != "email":
        return table.person
    usual = f"{whose}_id"
    return usual if usual in table.columns and table.columns[usual].is_personal else ""


def _ordered() -> Sequence[Table]:
    """Tables that refer first, those they refer to after them; within that by name."""
    known: Mapping[str, Table] = register.tables()
    refers: dict[str, set[str]] = {name: set() for name in sorted(known)}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = getattr(field.related_model, "_meta", None)
            name = model._meta.db_table
            if (
                target is not None
                and name in refers
                and target.db_table in refers
                and target.db_table != name
            ):
                refers[target.db_table].add(name)
    return [known[name] for name in TopologicalSorter(refers).static_order()]
