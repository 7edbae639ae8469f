"""Imports of contacts beside the SQL one would write by hand for the same rows, in turns, and how the cost grows.

    python bench/contacts.py [--sizes 10000,100000,1000000] [--rounds 1]

Each size: a file with addresses, names, a text and a number comes in, and comes in again unchanged. By hand: the same
rows lie in a table already, and three INSERT … SELECT write contacts, memberships and the ledger's lines to the same
tables beside the wall. So reading, judging and merging the file is ours alone. The virus scan is left apart.

Needs a database (DATABASE_URL, or the home's own). Works in accounts of its own, which it throws away.
"""

import argparse
import io
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HEADER = "email,first_name,last_name,city,points\n"
BY_HAND = {
    "contacts": """INSERT INTO contacts_contact (account_id, email, first_name, last_name, t1, n1)
        SELECT %(account)s, email, first_name, last_name, city, points FROM by_hand
        ORDER BY lower(email) COLLATE "C"
        ON CONFLICT (account_id, email_key) DO UPDATE SET first_name = excluded.first_name,
            last_name = excluded.last_name, t1 = excluded.t1, n1 = excluded.n1, updated_at = now()""",
    "memberships": """INSERT INTO contacts_membership (account_id, list_id, contact_id, ground, since, source)
        SELECT %(account)s, %(list)s, c.id, 'consent', now(), 'import' FROM by_hand h
        JOIN contacts_contact c ON c.account_id = %(account)s AND c.email_key = lower(h.email)
        ON CONFLICT (account_id, list_id, contact_id) DO NOTHING""",
    "ledger": """INSERT INTO privacy_consent
        (account_id, contact_id, person, list_id, evidence_id, act, purpose, ground, source, at)
        SELECT %(account)s, c.id, substr(sha256(c.email_key::bytea), 1, 20), %(list)s, 1, 1, 'newsletter', 'consent',
               'import', now()
        FROM by_hand h JOIN contacts_contact c ON c.account_id = %(account)s AND c.email_key = lower(h.email)""",
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="10000,100000,1000000")
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    found: dict[str, Any] = {}
    for size in map(int, given.sizes.split(",")):
        text = a_file(size)
        for n in range(given.rounds):
            line = measure(text, size)
            found[f"import {size:,}" + (f" round {n + 1}" if given.rounds > 1 else "")] = line
            if not given.json:
                print(f"{size:>9,}", line, flush=True)
    if given.json:
        print(json.dumps(found))
    return 0


def a_file(size: int) -> bytes:
    """People in no order, as files come."""
    numbers = list(range(size))
    random.Random(1).shuffle(numbers)
    rows = (f"User{n}@Example{n % 500}.net,Voor{n},Achter{n},Utrecht,{n % 1000}\n" for n in numbers)
    return (HEADER + "".join(rows)).encode()


def measure(text: bytes, size: int) -> dict[str, Any]:
    with an_account() as (account_id, list_id):
        ours, peak = bring_in(text, size, account_id, list_id)
        again, peak_again = bring_in(text, size, account_id, list_id)
    with an_account() as (account_id, list_id):
        theirs = by_hand(text, account_id, list_id)
    return {
        "rows_per_second": round(size / ours), "by_hand_per_second": round(size / theirs),
        "ratio": round(theirs / ours, 2), "again_per_second": round(size / again),
        "again_ratio": round(theirs / again, 2), "us_per_row": round(ours / size * 1e6, 1),
        "peak_mb": peak, "peak_again_mb": peak_again,
    }  # fmt: skip


def bring_in(text: bytes, size: int, account_id: int, list_id: int) -> tuple[float, float]:
    """Seconds that one import takes in the background, and this process's memory at its highest."""
    from mailexpert.contacts import actions_import, jobs
    from mailexpert.contacts.models import Import
    from mailexpert.core.scope import account

    fields = HEADER.strip().split(",")
    with account(account_id):
        batch = actions_import.take_file(io.BytesIO(text), "bench.csv")
        Import.objects.filter(id=batch.id).update(
            mapping=fields, list=list_id, ground="consent", evidence="Bench", state=Import.State.QUEUED
        )
    checkpoint()
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins anew
    began = time.perf_counter()
    jobs.run_import.run(account_id=account_id, import_id=batch.id)
    took = time.perf_counter() - began
    peak = high_water_mb()
    with account(account_id):
        done = Import.objects.get(id=batch.id)
    assert done.state == "done", (done.state, done.reason)
    assert done.added + done.unchanged == size, vars(done)
    return took, peak


def high_water_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def by_hand(text: bytes, account_id: int, list_id: int) -> float:
    """The same rows from a table that is filled already. Beside the wall, with the same memory to sort in."""
    from django.db import connection, transaction

    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall

    with beside_wall(Beside.OPERATE):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE by_hand "
                           "(email text, first_name text, last_name text, city text, points float8)")  # fmt: skip
            with cursor.copy("COPY by_hand FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
                copy.write(text)
            cursor.execute("ANALYZE by_hand")
        checkpoint()
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL enable_nestloop = off")
            for statement in BY_HAND.values():
                cursor.execute(statement, {"account": account_id, "list": list_id})
        took = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE by_hand")
    return took


def checkpoint() -> None:
    """Both begin with nothing left to write; on a managed database that is not ours to order."""
    import psycopg

    with suppress(psycopg.errors.InsufficientPrivilege):
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute("CHECKPOINT")


@contextmanager
def an_account() -> Iterator[tuple[int, int]]:
    from mailexpert.accounts.models import Account
    from mailexpert.contacts.models import Field, List
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import account, beside_wall

    with beside_wall(Beside.OPERATE):
        made = Account.objects.create(slug=f"bench-contacts-{os.getpid()}-{time.time_ns()}", name="Bench")
    try:
        with account(made.id):
            Field.objects.create(name="city", label="City", kind="text", slot="t1")
            Field.objects.create(name="points", label="Points", kind="number", slot="n1")
            into = List.objects.create(name="Nieuwsbrief")
        yield made.id, into.id
    finally:
        for table in ("contacts_change", "contacts_import", "contacts_membership", "contacts_contact",
                      "contacts_field", "contacts_list", "privacy_consent", "privacy_link",
                      "privacy_evidence"):  # fmt: skip
            _beside(f"DELETE FROM {table} WHERE account_id = %s", made.id)
        _beside("DELETE FROM accounts_account WHERE id = %s", made.id)
        for table in ("contacts_contact", "contacts_membership", "privacy_consent"):
            _beside(f"VACUUM (ANALYZE) {table}")


def _beside(statement: str, *values: Any) -> None:
    from django.db import connection

    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall

    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
