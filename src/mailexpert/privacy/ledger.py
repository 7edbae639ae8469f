"""Sealing the consent ledger, and looking whether a sealed line was changed, added or taken away since.

Lines are written by the application and, where a reader stops by one click, by the intake, at any moment and rate; none
of them waits for a chain. Once a minute what came in is sealed per account. The last minute or two are not sealed yet.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

SQL = Path(__file__).parent / "sql"
SEAL, CHECK = ((SQL / f"{name}.sql").read_text() for name in ("seal", "check_links"))
BEGINNING = b"\0" * 32
LOCK = 0x6C656467


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A link that doesn't hold. `why`: lines (changed, added or gone), chain (a link was changed or taken out)."""

    account_id: int
    n: int
    first_id: int
    last_id: int
    why: str


def link_hash(prev: bytes, n: int, lines: int, digest: bytes, first_id: int, last_id: int) -> bytes:
    head = f"{n}|{first_id}|{last_id}|{lines}|".encode()
    return hashlib.sha256(prev + head + digest).digest()


def seal() -> int:
    """Seal what may be sealed; how many links that made. Beside the wall: the lines of all accounts share one row of
    numbers. Raises nothing when another worker is at it: then there is nothing to do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT sealed_to, next_to, before_xid FROM privacy_sealmark ORDER BY id DESC LIMIT 1")
        sealed_to, next_to, before_xid = cursor.fetchone() or (0, 0, 0)
        # Before we write anything: our own id is then above that of everyone who took one of these numbers. The xmax
        # of a snapshot would not be: it is the very id of the newest transaction that still runs.
        cursor.execute("SELECT last_value FROM privacy_consent_id_seq")
        taken = cursor.fetchone()[0]
        made = 0
        if next_to > sealed_to:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] < before_xid:
                return 0  # the mark stays: moved at each turn, long transactions by turns would put it off for ever
            # Everyone who could have taken a number up to `next_to` has committed or gone.
            made = _seal_between(cursor, sealed_to + 1, next_to)
            sealed_to = next_to
        cursor.execute("DELETE FROM privacy_sealmark")
        cursor.execute(
            "INSERT INTO privacy_sealmark (sealed_to, next_to, before_xid) "
            "VALUES (%s, %s, pg_current_xact_id()::text::bigint)",
            [sealed_to, taken],
        )
    return made


def _seal_between(cursor: Any, first_id: int, last_id: int) -> int:
    cursor.execute(SEAL, {"first": first_id, "last": last_id})
    rows = cursor.fetchall()
    for account_id, lines, digest, n, prev in rows:
        before, digest = bytes(prev) if prev else BEGINNING, bytes(digest)
        made = link_hash(before, n, lines, digest, first_id, last_id)
        cursor.execute(
            "INSERT INTO privacy_link (account_id, n, first_id, last_id, lines, digest, prev, hash) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [account_id, n, first_id, last_id, lines, digest, before, made],
        )
    return len(rows)


def check(account_id: int | None = None) -> Iterator[Broken]:
    """Every link that doesn't hold, of one account or of all."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK, {"account": account_id})
        rows = cursor.fetchall()
    expected: dict[int, tuple[int, bytes]] = {}
    for owner, n, first_id, last_id, lines, digest, prev, kept, found_lines, found in rows:
        at, before = expected.get(owner, (1, BEGINNING))
        place = {"account_id": owner, "n": n, "first_id": first_id, "last_id": last_id}
        made = link_hash(bytes(prev), n, lines, bytes(digest), first_id, last_id)
        if n != at or bytes(prev) != before or made != bytes(kept):
            yield Broken(**place, why="chain")
        elif lines != found_lines or bytes(digest) != bytes(found):
            yield Broken(**place, why="lines")
        expected[owner] = (n + 1, bytes(kept))


def heads() -> list[tuple[int, int, str]]:
    """The last link of each account: kept elsewhere it shows that none was taken off the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (account_id) account_id, n, encode(hash, 'hex') FROM privacy_link "
            "ORDER BY account_id, n DESC"
        )
        return list(cursor.fetchall())
