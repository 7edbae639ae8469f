"""From the temporary tables to contacts, memberships and the ledger: a handful of statements over all rows at
once, in the transaction that is open. Rows that change nothing are left alone: no lock, no write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from mailexpert.contacts.models import Import
from mailexpert.contacts.rules_columns import Column
from mailexpert.core.scope import current_account
from mailexpert.privacy import actions as ledger

SQL = Path(__file__).parent / "sql"
MATCH, SIGN_UP = ((SQL / f"{name}.sql").read_text() for name in ("match", "sign_up"))
LEDGER_LINES = """
SELECT %(account)s, contact_id, person, %(list)s, NULL, %(evidence)s, 1, %(purpose)s, %(ground)s, 'import', now()
FROM matched WHERE may_join
"""
NAMES = {"first_name", "last_name", "language", "time_zone"}
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
    # The statistics may not know a new account's rows yet; a loop over them that seems cheap would take hours.
    _run("SET LOCAL enable_nestloop = off")
    # More than the server's usual: one large sort instead of many, and the index of words in few goes.
    _run("SET LOCAL work_mem = '128MB'")
    _run("SET LOCAL gin_pending_list_limit = '32MB'")


def moment() -> datetime:
    """The one by which this import's rows are known: its transaction's."""
    found: datetime = _run("SELECT now()")[0][0]
    return found


def land(batch: Import, columns: Sequence[Column], evidence_id: int) -> Landed:
    targets = [column.target for column in columns]
    values = {
        "account": current_account(),
        "list": batch.list_id,
        "purpose": batch.list.purpose if batch.list else "",
        "ground": batch.ground,
        "evidence": evidence_id,
    }
    _refuse_erased(values)
    _run("ANALYZE staged")
    duplicates = _merge_duplicates(targets)
    _match(targets, values, batch.existing)
    if not batch.is_trial:
        _remember(batch.id, targets)
    rows = _run("SELECT count(*) FROM staged")[0][0]
    stayed_off = _run("SELECT count(*) FROM matched WHERE stays_off")[0][0]
    added, updated = _add(targets), _update(targets, fills=batch.existing == Import.Existing.FILL)
    signed_up = 0
    if batch.list_id is not None:
        signed_up = _count(SIGN_UP, values)
        ledger.note_all(LEDGER_LINES, values)
    return Landed(
        added=added,
        updated=updated,
        unchanged=rows - added - updated,
        refused=_keep_refusals(batch.id),
        duplicates=duplicates,
        signed_up=signed_up,
        stayed_off=stayed_off if batch.list_id is not None else 0,
    )


def _refuse_erased(values: Mapping[str, Any]) -> None:
    """Whoever was erased at their own request isn't brought back, and nothing of the row is kept but its number. The
    hash is privacy/rules.off_mark's; a million of them are made only where somebody was erased."""
    mark = "'#' || encode(sha256(int8send(%(account)s::bigint) || s.person), 'hex')"
    kept = "SELECT FROM sending_suppression x WHERE x.account_id = %(account)s AND x.email_key"
    if not _run(f"SELECT EXISTS ({kept} >= '#' AND x.email_key < '$')", values)[0][0]:
        return
    _run(
        f"WITH gone AS (DELETE FROM staged s WHERE EXISTS ({kept} = {mark}) RETURNING n) "  # noqa: S608
        "INSERT INTO staged_refusal (line, reason, detail, vals) SELECT n, 'erased', '', '{}' FROM gone",
        values,
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


def _match(targets: Sequence[str], values: Mapping[str, Any], existing: str) -> None:
    differs = " OR ".join(f"(s.{t} IS NOT NULL AND s.{t} IS DISTINCT FROM c.{t})" for t in targets)
    if existing == Import.Existing.FILL:
        differs = " OR ".join(f"(s.{t} IS NOT NULL AND {_is_empty(t)})" for t in targets)
    elif existing == Import.Existing.KEEP:
        differs = "false"
    columns, kept = ("".join(f", {table}.{t}" for t in targets) for table in "sk")
    _run("DROP TABLE IF EXISTS matched")
    _run(MATCH.format(differs=differs or "false", values=columns, kept=kept), values)
    _run("ANALYZE matched")


def _is_empty(target: str) -> str:
    """Names are never NULL; other text may be empty too."""
    return f"nullif(c.{target}, '') IS NULL" if target in NAMES or target[0] == "t" else f"c.{target} IS NULL"


def _remember(import_id: int, targets: Sequence[str]) -> None:
    """What this import is about to change in people who are there, so that all of it can be undone."""
    before = ", ".join(["'ground', 'unknown'", *(f"'{t}', c.{t}" for t in targets)])
    _run(
        "INSERT INTO contacts_change (account_id, import_id, contact_id, before) "  # noqa: S608
        f"SELECT c.account_id, %(import)s, c.id, jsonb_build_object({before}, 'values', m.differs, "
        "'membership', m.may_join AND m.was_on) FROM matched m "
        "JOIN contacts_contact c ON c.account_id = %(account)s AND c.id = m.contact_id "
        "WHERE m.differs OR (m.may_join AND m.was_on)",
        {"account": current_account(), "import": import_id},
    )


def _add(targets: Sequence[str]) -> int:
    """Whoever is new. Somebody else may add one of them at this moment: then theirs is the contact."""
    account = {"account": current_account()}
    insert = _insert(targets, number="id, ", own="contact_id, ", which="is_new")
    added = _count(f"{insert} ON CONFLICT (account_id, email_key) DO NOTHING", account)
    if added < _run("SELECT count(*) FROM matched WHERE is_new")[0][0]:
        _run(
            "UPDATE matched m SET contact_id = c.id FROM contacts_contact c "
            "WHERE m.is_new AND c.account_id = %(account)s AND c.email_key = lower(m.email)",
            account,
        )
    return added


def _update(targets: Sequence[str], *, fills: bool) -> int:
    """Whoever is there with other values. An empty cell keeps what is there. An upsert and no UPDATE … FROM: that
    joins, and where the statistics don't know the account yet it joined a million rows to a million by looping."""
    new = {t: f"nullif(excluded.{t}, '')" if t in NAMES else f"excluded.{t}" for t in targets}
    order = "{0} = coalesce({2}, {1}, c.{0}), " if fills else "{0} = coalesce({1}, c.{0}), "
    taken = "".join(order.format(t, value, _own(t)) for t, value in new.items())
    return _count(
        f"{_insert(targets, number='', own='', which='differs')} "
        f"ON CONFLICT (account_id, email_key) DO UPDATE SET {taken}updated_at = now()",
        {"account": current_account()},
    )


def _own(target: str) -> str:
    """What a contact has already, nothing where that is empty."""
    return f"nullif(c.{target}, '')" if target in NAMES or target[0] == "t" else f"c.{target}"


def _insert(targets: Sequence[str], *, number: str, own: str, which: str) -> str:
    names = "".join(f", {t}" for t in targets)
    values = "".join(f", coalesce({t}, '')" if t in NAMES else f", {t}" for t in targets)
    into = f"INSERT INTO contacts_contact AS c ({number}account_id, email{names}, created_at, updated_at)"
    return f"{into} SELECT {own}%(account)s, email{values}, now(), now() FROM matched WHERE {which}"  # noqa: S608


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
