"""From the temporary tables to contacts, memberships and the ledger: a handful of statements over all rows at
once, in the transaction that is open. Rows that change nothing are left alone: no lock, no write."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from mailexpert.contacts.models import Import
from mailexpert.contacts.rules_columns import Column
from mailexpert.core.scope import current_account
from mailexpert.privacy import actions as ledger

SQL = Path(__file__).parent / "sql"
LANDED, STAYED_OFF, SIGN_UP = (
    (SQL / f"{name}.sql").read_text() for name in ("landed", "stayed_off", "sign_up")
)
LEDGER_LINES = """
SELECT %(account)s, contact_id, l.person, %(list)s, NULL, %(evidence)s, 1, %(purpose)s, %(ground)s, 'import',
       now()
FROM signed_up JOIN landed l USING (contact_id)
"""
NAMES = {"first_name", "last_name", "language"}
LOCK = 0x636F6E74


@dataclass(frozen=True, kw_only=True)
class Landed:
    added: int
    updated: int
    unchanged: int
    refused: int
    duplicates: int
    signed_up: int
    stayed_off: int


def take_turn() -> None:
    """One import at a time in an account: two that write the same people could deadlock."""
    _run("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK, current_account()])
    # More than the server's usual: one large sort instead of many, and the index of words in few goes.
    _run("SET LOCAL work_mem = '128MB'")
    _run("SET LOCAL gin_pending_list_limit = '32MB'")


def land(batch: Import, columns: Sequence[Column], evidence_id: int) -> Landed:
    targets = [column.target for column in columns]
    _run("ANALYZE staged")
    duplicates = _merge_duplicates(targets)
    rows = int(_run("SELECT count(*) FROM staged")[0][0])
    added, updated = _write_contacts(columns)
    stayed_off, signed_up = (0, 0) if batch.list_id is None else _sign_up(batch, evidence_id)
    return Landed(
        added=added,
        updated=updated,
        unchanged=rows - added - updated,
        refused=_keep_refusals(batch.id),
        duplicates=duplicates,
        signed_up=signed_up,
        stayed_off=stayed_off,
    )


def _merge_duplicates(targets: Sequence[str]) -> int:
    """Of an address that stands twice in the file the last row stays, its gaps filled from the others."""
    _run("DROP TABLE IF EXISTS staged_twice")
    found = _count(
        "CREATE TEMPORARY TABLE staged_twice ON COMMIT DROP AS "
        "SELECT email_key, max(n) AS keep FROM staged GROUP BY email_key HAVING count(*) > 1"
    )
    if not found:
        return 0
    if targets:
        last = ", ".join(
            f"(array_agg({t} ORDER BY n DESC) FILTER (WHERE {t} IS NOT NULL))[1] AS {t}" for t in targets
        )
        merged = f"SELECT keep, {last} FROM staged JOIN staged_twice USING (email_key) GROUP BY keep"  # noqa: S608
        taken = ", ".join(f"{t} = m.{t}" for t in targets)
        _run(f"UPDATE staged s SET {taken} FROM ({merged}) m WHERE s.n = m.keep")  # noqa: S608
    return _count(
        "DELETE FROM staged s USING staged_twice t WHERE s.email_key = t.email_key AND s.n <> t.keep"
    )


def _write_contacts(columns: Sequence[Column]) -> tuple[int, int]:
    """How many were added and updated. An empty cell keeps what is there. Sorted, so that the index grows in
    order. The names in the statement are those of our own columns."""
    targets = [column.target for column in columns]
    names = "".join(f", {t}" for t in targets)
    values = "".join(f", coalesce({t}, '')" if t in NAMES else f", {t}" for t in targets)
    same = " AND ".join(f"(s.{t} IS NULL OR s.{t} IS NOT DISTINCT FROM c.{t})" for t in targets) or "true"
    filled = "".join(f"{t} = {_filled(column)}, " for column, t in zip(columns, targets, strict=True))
    rows = _run(
        f"""
        WITH written AS (
            INSERT INTO contacts_contact AS c (account_id, email{names}, created_at, updated_at)
            SELECT %(account)s, email{values}, now(), now() FROM staged s
            WHERE NOT EXISTS (
                SELECT 1 FROM contacts_contact c
                WHERE c.account_id = %(account)s AND c.email_key = s.email_key AND {same})
            ORDER BY email_key
            ON CONFLICT (account_id, email_key) DO UPDATE SET {filled} updated_at = now()
            RETURNING c.xmax = 0 AS is_new)
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
        """,  # noqa: S608
        {"account": current_account()},
    )
    return int(rows[0][0]), int(rows[0][1])


def _filled(column: Column) -> str:
    new = f"excluded.{column.target}"
    if column.target in NAMES:
        new = f"nullif({new}, '')"
    return f"coalesce({new}, c.{column.target})"


def _sign_up(batch: Import, evidence_id: int) -> tuple[int, int]:
    """Put everyone on the list and in the ledger, but whoever stopped or is suppressed stays off."""
    values = {
        "account": current_account(),
        "list": batch.list_id,
        "purpose": batch.list.purpose,
        "ground": batch.ground,
        "evidence": evidence_id,
    }
    _run("DROP TABLE IF EXISTS landed")
    _run(LANDED, values)
    _run("ANALYZE landed")
    stayed_off = int(_run(STAYED_OFF, values)[0][0])
    return stayed_off, ledger.note_all(LEDGER_LINES, values, changed=SIGN_UP)


def _keep_refusals(import_id: int) -> int:
    return _count(
        'INSERT INTO contacts_refusal (account_id, import_id, line, reason, detail, "values") '
        "SELECT %s, %s, line, reason, detail, vals FROM staged_refusal ORDER BY line",
        [current_account(), import_id],
    )


def _run(statement: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def _count(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
