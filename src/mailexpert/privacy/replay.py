"""A restored backup knows people who were erased since it was made. Before it opens they are erased again, from the
ledger of erasures that was kept apart from it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db import connection

from mailexpert.accounts.actions_closing import erase_now
from mailexpert.accounts.models import Account
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy import actions_erasure, erasure_ledger, rules, traces
from mailexpert.privacy.actions_erasure import MOST_AT_ONCE, Person
from mailexpert.privacy.erasure_ledger import Entry
from mailexpert.privacy.models import Erasure, ErasureMark
from mailexpert.sending.models import Suppression

CHUNK = 50_000
PEOPLE = """
SELECT id, email_key FROM contacts_contact
WHERE account_id = %s AND id > %s AND created_at <= %s ORDER BY id LIMIT %s
"""


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """`known`: erasures that the ledger tells of; `people` and `accounts`: what had come back; `left`: what still
    is there, which must be none before anyone is let in."""

    known: int
    people: int
    accounts: int
    left: int


def replay(now: datetime, more: Iterable[Path] = ()) -> Replayed:
    """`more`: the ledgers of other machines. Raises LedgerBroken: then nothing was done."""
    with beside_wall(Beside.REPLAY):
        entries = erasure_ledger.entries(more)
    accounts = people = 0
    for account_id, mine in groupby(entries, key=lambda entry: entry.account_id):
        of_people = []
        for entry in mine:
            if entry.contact_id:
                of_people.append(entry)
            else:
                accounts += _erase_account(entry)
        people += _erase_people(account_id, of_people, now)
    _keep(entries)
    return Replayed(known=len(entries), people=people, accounts=accounts, left=_left(entries))


def _keep(entries: Sequence[Entry]) -> None:
    """This home's file and the table know them all from now on, those of other machines too."""
    here = erasure_ledger.of_file(erasure_ledger.path())
    erasure_ledger.append([entry for entry in entries if entry not in here])
    with beside_wall(Beside.REPLAY):
        marks = [ErasureMark(**vars(entry)) for entry in entries]
        ErasureMark.objects.bulk_create(marks, ignore_conflicts=True, batch_size=MOST_AT_ONCE)


def _erase_account(entry: Entry) -> int:
    with beside_wall(Beside.REPLAY):
        if not Account.objects.filter(id=entry.account_id, created_at__lte=entry.at).exists():
            return 0
        erase_now(entry.account_id)
    return 1


def _erase_people(account_id: int, entries: Sequence[Entry], now: datetime) -> int:
    with account(account_id):
        if not entries or not Account.objects.exists():
            return 0
        back = list(_returned(account_id, entries))
        for start in range(0, len(back), MOST_AT_ONCE):
            some = back[start : start + MOST_AT_ONCE]
            actions_erasure.carry_on([_begin(person, entry) for person, entry in some], now)
        for entry in entries:
            if entry.stays_off:
                Suppression.objects.get_or_create(
                    email_key=entry.person, defaults={"reason": Suppression.Reason.ERASED}
                )
    return len(back)


def _begin(person: Person, entry: Entry) -> int:
    begun = actions_erasure.begin(person, Erasure.Why.REPLAY, stays_off=entry.stays_off)
    # Its own time, so that the ledger knows it as the erasure that it was.
    Erasure.objects.filter(id=begun.id).update(begun_at=entry.at)
    return begun.id


def _returned(account_id: int, entries: Sequence[Entry]) -> Iterator[tuple[Person, Entry]]:
    """Who is there again. Whoever came back by themselves later is somebody's new contact, and stays."""
    marks = {entry.person: entry for entry in entries}
    numbers = {entry.contact_id: entry for entry in entries}
    seen: set[str] = set()
    for person in _people(account_id, max(entry.at for entry in entries)):
        # The backup may know the person by an address of before.
        entry = marks.get(rules.off_mark(account_id, person.email_key)) or numbers.get(person.contact_id)
        if entry is not None and _is_as_old(person, entry):
            seen.add(person.email_key)
            yield person, entry
    for address in set(traces.named_in(account_id)) - seen:
        entry = marks.get(rules.off_mark(account_id, address))
        if entry is not None and not _is_there(address):
            yield Person(contact_id=entry.contact_id, email_key=address), entry


def _people(account_id: int, until: datetime) -> Iterator[Person]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, [account_id, last, until, CHUNK])
            rows = cursor.fetchall()
        for number, email_key in rows:
            yield Person(contact_id=number, email_key=email_key)
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def _is_as_old(person: Person, entry: Entry) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT created_at FROM contacts_contact WHERE id = %s", [person.contact_id])
        row = cursor.fetchone()
    return row is not None and row[0] <= entry.at


def _is_there(email_key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM contacts_contact WHERE email_key = %s", [email_key])
        return cursor.fetchone() is not None


def _left(entries: Sequence[Entry]) -> int:
    left = 0
    for account_id, mine in groupby(entries, key=lambda entry: entry.account_id):
        of_people = [entry for entry in mine if entry.contact_id]
        with account(account_id):
            if of_people and Account.objects.exists():
                left += len(list(_returned(account_id, of_people)))
    return left
