"""Erasing a person by the register's plan: tables by key, then texts that name the address, then files. Each step is a
transaction of its own and may run twice; a worker that dies is followed by one that goes on. What stays is the proof of
what was mailed under a number that leads to nobody, and where the person wants to stay off, a keyed hash."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
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
from mailexpert.sending import letter
from mailexpert.sending.models import Issue, SenderDomain, Suppression

OWN_TABLE = "privacy_erasure"
LETTER_TRIED = timedelta(days=3)
BY_ADDRESS = {
    "email_key": "account_id = %(account)s AND lower(email_key) = %(address)s",
    "recipient": "account_id = %(account)s AND lower(recipient) = %(address)s",
    # What no account sent, a test of the machine say, stands without one.
    "rcpt_to": "coalesce(account_id, %(account)s) = %(account)s "
    "AND EXISTS (SELECT 1 FROM unnest(rcpt_to) one WHERE lower(one) = %(address)s)",
}


@dataclass(frozen=True, kw_only=True)
class Person:
    contact_id: int
    email_key: str


Stride = tuple[str, Callable[[Erasure], int]]


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


def carry_on(erasure_id: int, now: datetime) -> Erasure:
    """Every step that isn't done yet. Runs inside the account. Raises letter.NotSent where no relay takes the last
    mail: all else is done then, and it is tried again."""
    for name, act in strides():
        with transaction.atomic():
            found = Erasure.objects.select_for_update().get(id=erasure_id)
            if found.finished_at is not None or name in found.done:
                continue
            found.counts[name] = found.counts.get(name, 0) + act(found)
            found.done.append(name)
            found.save(update_fields=["counts", "done"])
    return _finish(erasure_id, now)


def strides() -> Iterator[Stride]:
    """The whole way, in its order."""
    yield "ledger", _to_ledger
    for step in plans.erasure("contact"):
        if step.table != OWN_TABLE and step.act != "keep":
            yield step.table, lambda found, step=step: _by_key(step, found)  # type: ignore[misc]
    yield "off", _stay_off
    with beside_wall(Beside.FORGET):
        places = traces.places()
    for place in places:
        yield f"text of {place.table}", lambda found, place=place: _in_texts(place, found)  # type: ignore[misc]
    for key, verb in forgetting.erasers().items():
        yield key, lambda found, verb=verb: verb(found.contact_id, found.email_key)  # type: ignore[misc]
    yield "letter", _last_letter


def rows_now(erasure_id: int) -> None:
    """The steps that find rows by the person's number, at once: nobody sees the contact any more. The job does them
    once more, for what was written meanwhile, and the rest."""
    for name, act in strides():
        if name == "off":
            return
        if name != "ledger":
            found = Erasure.objects.select_for_update().get(id=erasure_id)
            found.counts[name] = found.counts.get(name, 0) + act(found)
            found.save(update_fields=["counts"])


@transaction.atomic
def _finish(erasure_id: int, now: datetime) -> Erasure:
    found = Erasure.objects.select_for_update().get(id=erasure_id)
    if found.finished_at is None:
        found.counts = {name: rows for name, rows in found.counts.items() if rows}
        found.signature = signature(found.code, found.counts)
        found.email_key, found.letter, found.finished_at = "", None, now
        found.save(update_fields=["counts", "signature", "email_key", "letter", "finished_at"])
    return found


def is_genuine(receipt: Erasure) -> bool:
    return secrets.compare_digest(receipt.signature, signature(receipt.code, receipt.counts))


def _to_ledger(found: Erasure) -> int:
    """Before a row is gone: a backup of a minute ago must not bring it back."""
    erasure_ledger.write(
        erasure_ledger.Entry(
            account_id=current_account(),
            contact_id=found.contact_id,
            person=found.person,
            stays_off=found.stays_off,
            at=found.begun_at,
        )
    )
    return 0


def _by_key(step: Step, found: Erasure) -> int:
    table = register.tables()[step.table]
    of_account = "account_id = %(account)s AND " if "account_id" in table.columns else ""
    where = BY_ADDRESS.get(step.key) or f"{of_account}{step.key} = %(contact)s"
    if step.act == "hash":
        return _hashed(step, where, found)
    if step.act == "empty":
        begun = sql.SQL("UPDATE {} SET {}").format(sql.Identifier(step.table), _emptied(step))
    else:
        begun = sql.SQL("DELETE FROM {}").format(sql.Identifier(step.table))
    return _run(begun + sql.SQL(f" WHERE {where}"), found)


def _hashed(step: Step, where: str, found: Erasure) -> int:
    """Who was erased before has such a row already: that one is enough."""
    table, column = sql.Identifier(step.table), sql.Identifier(step.columns[0])
    there = sql.SQL("SELECT 1 FROM {} WHERE account_id = %(account)s AND {} = %(mark)s").format(table, column)
    changed = _run(
        sql.SQL("UPDATE {} SET {} = %(mark)s WHERE {} AND NOT EXISTS ({})").format(
            table, column, sql.SQL(where), there
        ),
        found,
    )
    return changed + _run(sql.SQL("DELETE FROM {} WHERE {}").format(table, sql.SQL(where)), found)


def _emptied(step: Step) -> sql.Composable:
    with connection.cursor() as cursor:
        cursor.execute(NULLABLE, [step.table])
        nullable = {name for (name,) in cursor.fetchall()}
    return sql.SQL(", ").join(
        sql.SQL("{} = NULL" if name in nullable else "{} = ''").format(sql.Identifier(name))
        for name in step.columns
    )


def _run(statement: sql.Composable, found: Erasure) -> int:
    values: dict[str, int | str] = {
        "account": current_account(),
        "contact": found.contact_id,
        "address": found.email_key,
        "mark": found.person,
    }
    with beside_wall(Beside.FORGET), connection.cursor() as cursor:
        cursor.execute(statement.as_string(None), values)
        return int(cursor.rowcount)


def _stay_off(found: Erasure) -> int:
    """An objection or complaint of before stands already, as a hash."""
    if not found.stays_off:
        return 0
    _row, is_new = Suppression.objects.get_or_create(
        email_key=found.person, defaults={"reason": Suppression.Reason.ERASED}
    )
    return int(is_new)


def _last_letter(found: Erasure) -> int:
    """That it is done. Without a relay for days nobody waits for it any longer: the address goes."""
    if not found.letter or clock.now() - found.begun_at > LETTER_TRIED:
        return 0
    letter.send(to=found.email_key, **found.letter)
    return 1


def _in_texts(place: traces.Place, found: Erasure) -> int:
    if place.is_accounts and _is_own_address(found.email_key):
        return 0
    of_account = current_account()
    with beside_wall(Beside.FORGET):
        return traces.erase(place, of_account, found.email_key, f"[{found.person[:9]}]")


def _is_own_address(email_key: str) -> bool:
    """The account writes under this address, or somebody works there with it."""
    return (
        Membership.objects.filter(user__email__iexact=email_key).exists()
        or SenderDomain.objects.filter(name=email_key.rpartition("@")[2]).exists()
        or Issue.objects.filter(sender_address__iexact=email_key).exists()
        or Issue.objects.filter(reply_to__iexact=email_key).exists()
    )


def mark_account() -> None:
    """A whole account is erased: it too must not come back with a backup."""
    erasure_ledger.write(
        erasure_ledger.Entry(
            account_id=current_account(), contact_id=0, person="", stays_off=False, at=_now_of_database()
        )
    )


def _now_of_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]
