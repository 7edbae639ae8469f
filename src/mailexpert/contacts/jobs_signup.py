"""Sign-ups on their way: the confirmation mail, what was left behind, and answers whose time is over."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from mailexpert.base import clock
from mailexpert.contacts import actions_signup, actions_terms, letters_signup, rules_signup, words_signup
from mailexpert.contacts.models import Contact, Silence
from mailexpert.contacts.models_signup import Signup, SignupTerm
from mailexpert.core import jobs
from mailexpert.core.scope import account
from mailexpert.sending import letter

log = logging.getLogger(__name__)
LEFT_BEHIND = timedelta(minutes=30)
MOST_AT_ONCE = 2_000
PERMANENT = 500
State = Signup.State


@jobs.job
def carry_on(signup_id: int) -> None:
    """Mail the person, or put them on at once where the account asks for no confirmation. Never the latter for who
    stopped everything: only they themselves can come back. Without a relay the queue tries again later."""
    signup = _turn(signup_id, clock.now())
    if signup is not None:
        _mail(signup)


@transaction.atomic
def _turn(signup_id: int, now: datetime) -> Signup | None:
    """Whoever gets a mail, noted as tried before it leaves: after a kill on the way nobody knows, and nobody sends
    another one but a person."""
    found = Signup.objects.select_for_update(skip_locked=True, of=("self",)).select_related("form")
    signup = found.filter(id=signup_id, state=State.WAITING).first()
    if signup is None or rules_signup.is_over(signup.at, now):
        return None
    if not (signup.form.double_opt_in or actions_signup.has_said_no(signup)):
        actions_signup.confirm(signup.id, now, by="form")
        return None
    to = State.TRYING if signup.may_mail else State.HELD
    Signup.objects.filter(id=signup.id).update(state=to, mailed_at=now if signup.may_mail else None)
    return signup if signup.may_mail else None


def _mail(signup: Signup) -> None:
    mine = Signup.objects.filter(id=signup.id, state=State.TRYING)
    try:
        message_id = letters_signup.send(signup)
    except letter.InDoubt:
        log.warning("it isn't known whether a confirmation mail left")
        return
    except Exception as problem:
        final = _is_final(problem)
        mine.update(state=State.UNREACHABLE if final else State.WAITING, mailed_at=None)
        if not final:
            raise
        log.info("a confirmation mail was refused for good")
        return
    mine.update(state=State.MAILED, message_id=message_id[:200])


def _is_final(problem: BaseException) -> bool:
    """The receiver is refused, and not the relay away."""
    cause = problem.__cause__ if isinstance(problem, letter.NotSent) else problem
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _said in cause.recipients.values())
    return isinstance(cause, (UnicodeError, smtplib.SMTPNotSupportedError))


@jobs.every("*/15 * * * *")
def carry_on_left_behind() -> None:
    """Those whose job gave up while the relay was down; and who waited a day because of another mail."""
    now = clock.now()
    waiting = Q(state=State.WAITING, at__lt=now - LEFT_BEHIND)
    held = Q(state=State.HELD, at__lt=now - rules_signup.PAUSE)
    due = Signup.objects.filter(waiting | held, at__gt=now - rules_signup.VALID).order_by("at")
    for account_id, signup_id in list(due.values_list("account_id", "id")[:MOST_AT_ONCE]):
        with account(account_id), transaction.atomic():
            _take_turn(signup_id)


def _take_turn(signup_id: int) -> None:
    signup = Signup.objects.select_for_update().filter(id=signup_id).first()
    if signup is None or signup.state not in (State.WAITING, State.HELD):
        return
    if signup.state == State.HELD:
        now = clock.now()
        if actions_signup.is_paused(signup.email_key, now) or actions_signup.knock(signup.email_key, now):
            return
        Signup.objects.filter(id=signup.id).update(state=State.WAITING, may_mail=True)
    actions_signup.carry_on(signup.id)


@jobs.every("25 3 * * *")
def delete_unconfirmed() -> None:
    """What accounts keep shorter than the data register does."""
    now = clock.now()
    shorter = Silence.objects.filter(signup_days__lt=Silence.MOST_DAYS).order_by("id")
    for account_id in list(shorter.values_list("account_id", flat=True)):
        with account(account_id), transaction.atomic():
            actions_terms.over(now).delete()


@jobs.every("35 3 * * *")
def end_terms() -> None:
    """Empty what a form promised to keep no longer."""
    over = SignupTerm.objects.filter(until__lte=clock.now().date()).order_by("id")
    for account_id, term_id in list(over.values_list("account_id", "id")[:MOST_AT_ONCE]):
        with account(account_id), transaction.atomic():
            term = SignupTerm.objects.select_for_update().filter(id=term_id).first()
            if term is None:
                continue
            emptied = "" if term.slot in words_signup.OWN else None
            Contact.objects.filter(id=term.contact_id).update(**{term.slot: emptied})
            term.delete()
