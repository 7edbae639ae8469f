"""What is too old goes, as the data register says: one rule per table, the same statement for all. A dry run counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from psycopg import sql

from mailexpert.core import register
from mailexpert.core.register import Retention

BATCH = 10_000  # rows a statement, so that nobody waits long for a lock

TOO_OLD = "SELECT ctid FROM {table} WHERE {column} < %(limit)s{more} LIMIT %(batch)s"
COUNT = "SELECT count(*) FROM {table} WHERE {column} < %(limit)s{more}"
DELETE = f"DELETE FROM {{table}} WHERE ctid = ANY (ARRAY ({TOO_OLD}))"  # noqa: S608
CUT = f"UPDATE {{table}} SET {{emptied}} WHERE ctid = ANY (ARRAY ({TOO_OLD}))"  # noqa: S608
# Of a table in parts by time, whole parts go; `ctid` names a row in one part alone.
PARTS = """
SELECT c.relname, substring(pg_get_expr(c.relpartbound, c.oid) FROM $$TO \\('([^']+)'\\)$$)::timestamptz <= %s
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass ORDER BY 1
"""
PARTED = "SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass"
NULLABLE = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'YES'
"""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`limit`: what lies before it is too old."""

    table: str
    retention: Retention
    limit: datetime

    @property
    def act(self) -> str:
        return "cut " + ", ".join(self.retention.cut) if self.retention.cut else "delete"


@dataclass(frozen=True, kw_only=True)
class Done:
    rule: Rule
    rows: int


def rules(now: datetime) -> Iterator[Rule]:
    for name, table in sorted(register.tables().items()):
        for one in table.retention:
            yield Rule(table=name, retention=one, limit=now - one.after)


def dry_run(now: datetime) -> list[Done]:
    """What would go, without touching it. Needs a session beside the wall, like `carry_out`."""
    return [Done(rule=rule, rows=_count(rule)) for rule in rules(now)]


def carry_out(now: datetime) -> list[Done]:
    return [Done(rule=rule, rows=_carry_out(rule)) for rule in rules(now)]


def _count(rule: Rule) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_statement(COUNT, rule, _nullable(rule)), {"limit": rule.limit})
        return int(cursor.fetchone()[0])


def _carry_out(rule: Rule) -> int:
    """How many rows it took."""
    if not _is_parted(rule.table):
        return _sweep(rule)
    rows = _count(rule)
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [rule.limit, rule.table])
        for part, is_old in cursor.fetchall():
            if is_old:
                cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(part)).as_string(None))
            else:
                _sweep(replace(rule, table=part))
    return rows


def _is_parted(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(PARTED, [table])
        return bool(cursor.fetchone()[0])


def _sweep(rule: Rule) -> int:
    nullable = _nullable(rule)
    statement = _statement(CUT if rule.retention.cut else DELETE, rule, nullable)
    total, taken = 0, BATCH
    while taken == BATCH:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"limit": rule.limit, "batch": BATCH})
            taken = cursor.rowcount
        total += taken
    return total


def _statement(text: str, rule: Rule, nullable: Sequence[str]) -> str:
    more: list[sql.Composable] = [sql.SQL(f"({rule.retention.where})")] if rule.retention.where else []
    if rule.retention.cut:
        filled = (
            sql.SQL("{} IS NOT NULL" if name in nullable else "{} <> ''").format(sql.Identifier(name))
            for name in rule.retention.cut
        )
        more.append(sql.SQL("({})").format(sql.SQL(" OR ").join(filled)))
    emptied = sql.SQL(", ").join(
        sql.SQL("{} = NULL" if name in nullable else "{} = ''").format(sql.Identifier(name))
        for name in rule.retention.cut
    )
    made = sql.SQL(text).format(
        table=sql.Identifier(rule.table),
        column=sql.Identifier(rule.retention.column),
        emptied=emptied,
        more=sql.SQL("").join(sql.SQL(" AND ") + condition for condition in more),
    )
    return made.as_string(None)


def _nullable(rule: Rule) -> list[str]:
    if not rule.retention.cut:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NULLABLE, [rule.table])
        return [name for (name,) in cursor.fetchall()]
