"""Erasing persons by the register's plan: tables by key, then texts that name the address, then files. Any number at
once, since a look through all texts of an account costs the same for one as for a thousand. Each step is a transaction
of its own and may run twice; a worker that dies is followed by one that goes on. What stays is the proof of what was
mailed under a number that leads to nobody, and where the person wants to stay off, a keyed hash."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Lower
from psycopg import sql

from mailexpert.accounts.actions_closing import signature
from mailexpert.accounts.models import Membership
from mailexpert.base import clock
from mailexpert.core import forgetting, register
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall, current_account
from mailexpert.privacy import actions as ledger
from mailexpert.privacy import erasure_ledger, plans, rules, traces
from mailexpert.privacy.models import Consent, Erasure
from mailexpert.privacy.plans import Step
from mailexpert.privacy.retention import NULLABLE
from mailexpert.privacy.rules_traces import Wanted
from mailexpert.sending import letter
from mailexpert.sending.models import Issue, SenderDomain, Suppression

OWN_TABLE = "privacy_erasure"
LETTER_TRIED = timedelta(days=3)
LETTER_BEGUN, LETTER, LETTER_IN_DOUBT = "letter begun", "letter", "letter in doubt"
MOST_AT_ONCE = 5_000
# The persons of a statement, beside the table whose rows are theirs.
PERSONS = (
    "unnest(%(ids)s::bigint[], %(contacts)s::bigint[], %(addresses)s::text[], %(marks)s::text[]) "
    "AS one (erasure_id, contact_id, address, mark)"
)
BY_ADDRESS = {
    "email_key": "t.account_id = %(account)s AND t.email_key = one.address",
    "recipient": "t.account_id = %(account)s AND lower(t.recipient) = one.address",
    # What no account sent, a test of the machine say, stands without one.
    "rcpt_to": "coalesce(t.account_id, %(account)s) = %(account)s "
    "AND EXISTS (SELECT 1 FROM unnest(t.rcpt_to) to_one WHERE lower(to_one) = one.address)",
}
DONE = """
UPDATE privacy_erasure t SET done = t.done || to_jsonb(%(name)s::text),
    counts = CASE WHEN one.rows = 0 THEN t.counts ELSE
        t.counts || jsonb_build_object(%(name)s::text, coalesce((t.counts ->> %(name)s)::int, 0) + one.rows) END
FROM unnest(%(ids)s::bigint[], %(rows)s::int[]) AS one (id, rows)
WHERE t.account_id = %(account)s AND t.id = one.id
"""


@dataclass(frozen=True, kw_only=True)
class Person:
    contact_id: int
    email_key: str


Persons = Sequence[Erasure]
Rows = Counter[int]  # by the erasure's number
Stride = tuple[str, Callable[[Persons], Rows]]


@transaction.atomic
def begin(
    person: Person,
    why: Erasure.Why,
    *,
    stays_off: bool,
    by_id: int | None = None,
    last_letter: Mapping[str, str] | None = None,
) -> Erasure:
    """Writes down that it has begun, for a job to finish. `stays_off`: whoever brings in lists or adds by hand can't
    bring the person back."""
    ledger.note(
        Consent.Act.ERASED,
        contact_id=person.contact_id,
        email_key=person.email_key,
        source="hand" if why == Erasure.Why.HAND else why,
    )
    return Erasure.objects.create(
        contact_id=person.contact_id,
        email_key=person.email_key,
        person=rules.off_mark(current_account(), person.email_key),
        why=why,
        stays_off=stays_off,
        by_id=by_id,
        letter=dict(last_letter) if last_letter else None,
        code=secrets.token_urlsafe(18),
    )


def carry_on(erasure_ids: Sequence[int], now: datetime) -> None:
    """Every step that isn't done yet, for all of them together. Runs inside the account. Raises letter.NotSent where
    no relay takes somebody's last mail: all else is done then, and it is tried again."""
    for name, act in strides():
        with transaction.atomic():
            persons = [one for one in _unfinished(erasure_ids) if name not in one.done]
            if persons:
                _note_done(name, persons, act(persons))
    waiting, kept_back = set(), None
    for number in _with_letter(erasure_ids):
        try:
            _say_goodbye(number)
        except letter.NotSent as problem:
            waiting.add(number)
            kept_back = problem
    _finish([number for number in erasure_ids if number not in waiting], now)
    if kept_back is not None:
        raise kept_back


def _with_letter(erasure_ids: Sequence[int]) -> list[int]:
    found = Erasure.objects.filter(id__in=list(erasure_ids), finished_at=None).exclude(letter=None)
    return list(found.order_by("id").values_list("id", flat=True))


def left() -> list[int]:
    """Erasures of this account that aren't finished, as many as go together."""
    waiting = Erasure.objects.filter(finished_at=None).order_by("id")
    return list(waiting.values_list("id", flat=True)[:MOST_AT_ONCE])


def _unfinished(erasure_ids: Sequence[int]) -> list[Erasure]:
    found = Erasure.objects.select_for_update().filter(id__in=list(erasure_ids), finished_at=None)
    return list(found.order_by("id"))


def _note_done(name: str, persons: Persons, rows: Rows) -> None:
    values: dict[str, Any] = {
        "name": name,
        "account": current_account(),
        "ids": [one.id for one in persons],
        "rows": [rows[one.id] for one in persons],
    }
    with connection.cursor() as cursor:
        cursor.execute(DONE, values)


def strides() -> Iterator[Stride]:
    """The whole way, in its order."""
    yield "ledger", _to_ledger
    for step in plans.erasure("contact"):
        if step.table != OWN_TABLE and step.act != "keep":
            yield step.table, lambda persons, step=step: _by_key(step, persons)  # type: ignore[misc]
    yield "off", _stay_off
    with beside_wall(Beside.FORGET):
        places = traces.places()
    for place in places:
        yield f"text of {place.table}", lambda persons, place=place: _in_texts(place, persons)  # type: ignore[misc]
    for key, verb in forgetting.erasers().items():
        yield key, lambda persons, verb=verb: _outside(verb, persons)  # type: ignore[misc]


def rows_now(erasure_ids: Sequence[int]) -> None:
    """The steps that find rows by the person's number, at once: nobody sees the contact any more. The job does them
    once more, for what was written meanwhile, and the rest."""
    persons = _unfinished(erasure_ids)
    found: dict[int, dict[str, int]] = {one.id: {} for one in persons}
    for name, act in strides():
        if name == "off":
            break
        if name != "ledger":
            for number, rows in act(persons).items():
                found[number][name] = found[number].get(name, 0) + rows
    for one in persons:
        one.counts = found[one.id]
    Erasure.objects.bulk_update(persons, ["counts"])


@transaction.atomic
def _finish(erasure_ids: Sequence[int], now: datetime) -> None:
    found = _unfinished(erasure_ids)
    for one in found:
        one.signature = signature(one.code, one.counts)
        one.email_key, one.letter, one.finished_at = "", None, now
    changed = ["signature", "email_key", "letter", "finished_at"]
    Erasure.objects.bulk_update(found, changed, batch_size=500)


def is_genuine(receipt: Erasure) -> bool:
    return secrets.compare_digest(receipt.signature, signature(receipt.code, receipt.counts))


def _to_ledger(persons: Persons) -> Rows:
    """Before a row is gone: a backup of a minute ago must not bring it back."""
    erasure_ledger.write(
        [
            erasure_ledger.Entry(
                account_id=current_account(),
                contact_id=one.contact_id,
                person=one.person,
                stays_off=one.stays_off,
                at=one.begun_at,
            )
            for one in persons
        ]
    )
    return Counter()


def _by_key(step: Step, persons: Persons) -> Rows:
    table = register.tables()[step.table]
    of_account = "t.account_id = %(account)s AND " if "account_id" in table.columns else ""
    where = sql.SQL(BY_ADDRESS.get(step.key) or f"{of_account}t.{step.key} = one.contact_id")
    if step.act == "hash":
        return _hashed(step, where, persons)
    if step.act == "empty":
        return _run(_update(step.table, _emptied(step), where), persons)
    return _run(_delete(step.table, where), persons)


def _update(table: str, sets: sql.Composable, where: sql.Composable) -> sql.Composable:
    return sql.SQL("UPDATE {} t SET {} FROM {} WHERE {} RETURNING one.erasure_id").format(
        sql.Identifier(table), sets, sql.SQL(PERSONS), where
    )


def _delete(table: str, where: sql.Composable) -> sql.Composable:
    return sql.SQL("DELETE FROM {} t USING {} WHERE {} RETURNING one.erasure_id").format(
        sql.Identifier(table), sql.SQL(PERSONS), where
    )


def _hashed(step: Step, where: sql.Composable, persons: Persons) -> Rows:
    """Who was erased before has such a row already: that one is enough."""
    table, column = sql.Identifier(step.table), sql.Identifier(step.columns[0])
    there = sql.SQL("SELECT 1 FROM {} x WHERE x.account_id = %(account)s AND x.{} = one.mark")
    unmarked = sql.SQL("{} AND NOT EXISTS ({})").format(where, there.format(table, column))
    marked = _run(_update(step.table, sql.SQL("{} = one.mark").format(column), unmarked), persons)
    return marked + _run(_delete(step.table, where), persons)


def _emptied(step: Step) -> sql.Composable:
    with connection.cursor() as cursor:
        cursor.execute(NULLABLE, [step.table])
        nullable = {name for (name,) in cursor.fetchall()}
    return sql.SQL(", ").join(
        sql.SQL("{} = NULL" if name in nullable else "{} = ''").format(sql.Identifier(name))
        for name in step.columns
    )


def _run(statement: sql.Composable, persons: Persons) -> Rows:
    values: dict[str, Any] = {
        "account": current_account(),
        "ids": [one.id for one in persons],
        "contacts": [one.contact_id for one in persons],
        "addresses": [one.email_key for one in persons],
        "marks": [one.person for one in persons],
    }
    with beside_wall(Beside.FORGET), connection.cursor() as cursor:
        cursor.execute(statement.as_string(None), values)
        return Counter(number for (number,) in cursor.fetchall())


def _stay_off(persons: Persons) -> Rows:
    """An objection or complaint of before stands already, as a hash."""
    wanted = [one for one in persons if one.stays_off]
    there = Suppression.objects.filter(email_key__in=[one.person for one in wanted])
    known = set(there.values_list("email_key", flat=True))
    new = [one for one in wanted if one.person not in known]
    Suppression.objects.bulk_create(
        [Suppression(email_key=one.person, reason=Suppression.Reason.ERASED) for one in new],
        ignore_conflicts=True,
    )
    return Counter(one.id for one in new)


def _in_texts(place: traces.Place, persons: Persons) -> Rows:
    own = _own_addresses(persons) if place.is_accounts else set()
    mine = {one.email_key: one for one in persons if one.email_key not in own}
    wanted = Wanted({address: f"[{one.person[:9]}]" for address, one in mine.items()})
    if not wanted:
        return Counter()
    of_account = current_account()
    with beside_wall(Beside.FORGET):
        touched = traces.erase(place, of_account, wanted)
    return Counter({mine[address].id: rows for address, rows in touched.items()})


def _outside(verb: forgetting.Verb, persons: Persons) -> Rows:
    """What is made once more for all of them stands in the receipt of each."""
    touched = verb(
        [forgetting.Forgotten(contact_id=one.contact_id, address=one.email_key) for one in persons]
    )
    return Counter({one.id: touched for one in persons if touched})


def _own_addresses(persons: Persons) -> set[str]:
    """Those that the account writes under, or with which somebody works there."""
    domains = set(SenderDomain.objects.values_list("name", flat=True))
    keys = {one.email_key for one in persons}
    known = {key for key in keys if key.rpartition("@")[2] in domains}
    known |= _among(Membership.objects, "user__email", keys)
    known |= _among(Issue.objects, "sender_address", keys)
    return known | _among(Issue.objects, "reply_to", keys)


def _among(rows: Any, column: str, keys: set[str]) -> set[str]:
    lower = rows.annotate(own=Lower(column)).filter(own__in=keys)
    return set(lower.values_list("own", flat=True).distinct())


def _say_goodbye(erasure_id: int) -> None:
    """That it is done; the last thing that the address is used for. Noted before it leaves, so that a worker that
    dies on the way sends no second one: the receipt says then that it isn't known. Without a relay for days nobody
    waits for it any longer: the address goes."""
    with transaction.atomic():
        found = Erasure.objects.select_for_update().get(id=erasure_id)
        if found.finished_at is not None or not found.letter or LETTER in found.done:
            return
        if LETTER_BEGUN in found.done:
            _note_done(LETTER, [found], Counter())
            _note_done(LETTER_IN_DOUBT, [found], Counter({found.id: 1}))
            return
        if clock.now() - found.begun_at > LETTER_TRIED:
            return
        _note_done(LETTER_BEGUN, [found], Counter())
    try:
        letter.send(to=found.email_key, **found.letter)
    except letter.NotSent:
        _not_begun(found.id)
        raise
    with transaction.atomic():
        _note_done(LETTER, [found], Counter({found.id: 1}))


@transaction.atomic
def _not_begun(erasure_id: int) -> None:
    found = Erasure.objects.select_for_update().get(id=erasure_id)
    found.done.remove(LETTER_BEGUN)
    found.save(update_fields=["done"])


def mark_account() -> None:
    """A whole account is erased: it too must not come back with a backup."""
    now = _now_of_database()
    entry = erasure_ledger.Entry(
        account_id=current_account(), contact_id=0, person="", stays_off=False, at=now
    )
    erasure_ledger.write([entry])


def _now_of_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]
