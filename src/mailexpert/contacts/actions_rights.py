"""Requests of persons: asked by themselves or written down by the account, answered within a month."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import override

from mailexpert.accounts import words
from mailexpert.accounts.models import Account
from mailexpert.base import clock
from mailexpert.contacts import actions, letters, letters_rights, tokens
from mailexpert.contacts.jobs_letters import send_letter
from mailexpert.contacts.letters import Words
from mailexpert.contacts.models import Contact, Letter, Membership
from mailexpert.core.jobs import defer
from mailexpert.core.scope import current_account
from mailexpert.mail.address import mask
from mailexpert.privacy import rules, rules_rights
from mailexpert.privacy.models import Case, Erasure

Kind, State = Case.Kind, Case.State
DOUBT_AFTER = timedelta(minutes=5)  # no relay takes so long


class NotOpen(Exception):
    """This request was answered before."""


class TooLate(Exception):
    """A request is extended once, and within the first month."""


@transaction.atomic
def ask(
    kind: str,
    *,
    email: str,
    contact: Contact | None,
    received: date,
    text: str = "",
    language: str = "nl",
    by_id: int | None = None,
) -> Case:
    """Without `by_id` the person asked by their own link. The same request that is still open is not made twice."""
    same = Case.objects.filter(
        kind=kind, state=State.OPEN, person=rules.off_mark(current_account(), email.lower())
    )
    there = same.select_for_update().first()
    if there is not None:
        return there
    made = Case.objects.create(
        kind=kind,
        via="hand" if by_id else "page",
        contact_id=contact.id if contact else None,
        email=email,
        person=rules.off_mark(current_account(), email.lower()),
        language=language,
        words=text,
        received_on=received,
        due_on=rules_rights.due(received),
        by_id=by_id,
    )
    if contact is not None and kind == Kind.RESTRICTION:
        freeze(contact)
    if not by_id:
        _write(made, contact, lambda url: letters_rights.received(made, _sender(), url))
        _tell(made, "new")
    return made


def _sender() -> str:
    return Account.objects.get().name


def _write(case: Case, contact: Contact | None, said: Callable[[str], Words]) -> None:
    with override(case.language):
        told = said(tokens.preferences_url(contact) if contact else "")
    letters.write(contact.email if contact else case.email, case.language, told)


def _tell(case: Case, when: str) -> None:
    """In the page and by mail; no name and no address in it."""
    words.tell(
        words.Kind.REQUEST,
        f"{case.id}:{when}",
        f"/contacten/verzoeken/{case.id}/",
        received=case.received_on.isoformat(),
        due=case.due_on.isoformat(),
    )


def contact_of(case: Case) -> Contact | None:
    return Contact.objects.filter(id=case.contact_id).first() if case.contact_id else None


def _open(case_id: int) -> Case:
    case = Case.objects.select_for_update().get(id=case_id)
    if not case.is_open:
        raise NotOpen(NotOpen.__doc__)
    return case


@transaction.atomic
def carry_out(case_id: int, *, by_id: int, now: datetime) -> Case:
    """Do what was asked, tell the person, and close it. Raises NotOpen."""
    case = _open(case_id)
    contact = contact_of(case)
    if contact is None:
        _write(case, None, lambda _url: letters_rights.nobody(case, _sender()))
    elif case.kind == Kind.ERASURE:
        _erase(case, contact, by_id)
    else:
        if case.kind == Kind.OBJECTION:
            actions.object_to_all(contact, Membership.EndedBy.HAND)
        elif case.kind == Kind.RESTRICTION:
            freeze(contact)
        _write(case, contact, lambda url: letters_rights.done(case, _sender(), url))
    _close(case, State.DONE, by_id=by_id, now=now)
    return case


def _erase(case: Case, contact: Contact, by_id: int) -> None:
    """The letter leaves when all is done: it is the last thing that the address is used for."""
    with override(case.language):
        told = letters.rendered(case.language, letters_rights.done(case, _sender(), ""))
    begun = actions.erase_contact(
        contact.id, Erasure.Why.ASKED, stays_off=True, by_id=by_id, last_letter=told
    )
    case.erasure_id = begun.id


@transaction.atomic
def refuse(case_id: int, reason: str, *, by_id: int, now: datetime) -> Case:
    """With the reason, and where to complain. An objection to direct marketing can't be refused. Raises NotOpen."""
    case = _open(case_id)
    case.reason = reason
    contact = contact_of(case)
    if case.kind == Kind.RESTRICTION and contact is not None and case.via == "page":
        Contact.objects.filter(id=contact.id).update(status=Contact.Status.ACTIVE, updated_at=now)
    _write(case, contact, lambda _url: letters_rights.refused(case, _sender()))
    _close(case, State.REFUSED, by_id=by_id, now=now)
    return case


def _close(case: Case, state: Case.State, *, by_id: int, now: datetime) -> None:
    # Of somebody who is no contact the address has served its end; of an erased one it is gone already.
    if case.contact_id is None:
        case.email = mask(case.email)
    elif case.kind == Kind.ERASURE:
        case.email = case.words = ""
    case.state, case.closed_by_id, case.closed_at = state, by_id, now
    case.save(update_fields=["state", "closed_by_id", "closed_at", "email", "words", "reason", "erasure"])


@transaction.atomic
def extend(case_id: int, reason: str, *, today: date) -> Case:
    """Two months more, and a letter that says why. Raises NotOpen, TooLate."""
    case = _open(case_id)
    if case.extended_on is not None or today > case.due_on:
        raise TooLate(TooLate.__doc__)
    case.extended_on, case.reason = today, reason
    case.due_on = rules_rights.extended_due(case.received_on)
    case.save(update_fields=["extended_on", "reason", "due_on"])
    _write(case, contact_of(case), lambda _url: letters_rights.extended(case, _sender()))
    return case


def freeze(contact: Contact) -> None:
    """Stored, not used: not mailed, in no segment, not changed by an import."""
    Contact.objects.filter(id=contact.id).update(status=Contact.Status.FROZEN)


@transaction.atomic
def lift(contact: Contact) -> None:
    """The end of a restriction, which the person hears."""
    changed = Contact.objects.filter(id=contact.id, status=Contact.Status.FROZEN)
    if changed.update(status=Contact.Status.ACTIVE):
        language = contact.language if contact.language in ("nl", "en") else "nl"
        with override(language):
            told = letters_rights.lifted(_sender())
        letters.write(contact.email, language, told)


def remind(today: date) -> int:
    """Words about requests that wait: after 7, 14 and 21 days, and when the day is over. Inside one account."""
    told = 0
    for case in Case.objects.filter(state=State.OPEN):
        when = rules_rights.reminder(case.received_on, case.due_on, today)
        if when:
            _tell(case, when)
            told += 1
    return told


def letters_in_doubt() -> QuerySet[Letter]:
    """Single mails that were noted as tried, and nobody knows whether they left."""
    return Letter.objects.filter(tried_at__lt=clock.now() - DOUBT_AFTER)


@transaction.atomic
def settle_letter(letter_id: int, *, send_again: bool) -> bool:
    """By a person's order: once more, though somebody may then have it twice, or never again. False where it isn't in
    doubt any more."""
    mine = letters_in_doubt().filter(id=letter_id)
    if not send_again:
        return bool(mine.delete()[0])
    if not mine.update(tried_at=None, created_at=clock.now()):
        return False
    defer(send_letter, letter_id=letter_id)
    return True
