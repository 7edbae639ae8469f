"""A sign-up on its way: taken in, mailed about, confirmed. Until the button was pressed nothing of it stands in the
contacts, and whoever signs up gets the same answer whether or not an address is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import connection, transaction
from django.db.models import F, QuerySet

from mailexpert.base import clock, keys
from mailexpert.contacts import actions, queries_signup, rules_signup, words_signup
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.contacts.models_signup import (
    Signup,
    SignupCount,
    SignupForm,
    SignupGuard,
    SignupTerm,
    SignupText,
)
from mailexpert.core import jobs
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall, current_account
from mailexpert.mail import address
from mailexpert.privacy import actions as ledger
from mailexpert.privacy import rules
from mailexpert.privacy.models import Consent, Ground
from mailexpert.sending.models import Suppression

PERSON, SOURCE = "signup person", "signup pace"
CHALLENGE, TOKEN = "contacts.signup.challenge", "contacts.signup.confirm"
State = Signup.State
DOUBT_AFTER = timedelta(minutes=5)  # no relay takes so long

KNOCK = """
INSERT INTO contacts_signupguard AS g (person, mailed_at, tries) VALUES (%(person)s, %(now)s, 0)
ON CONFLICT (person) DO UPDATE SET
    mailed_at = CASE WHEN g.mailed_at <= %(over)s THEN excluded.mailed_at ELSE g.mailed_at END,
    tries = CASE WHEN g.mailed_at <= %(over)s THEN 0 ELSE g.tries + 1 END
RETURNING tries
"""
STEP = """
INSERT INTO contacts_signuppace AS p (source, since, tries) VALUES (%(source)s, %(now)s, 1)
ON CONFLICT (source) DO UPDATE SET
    since = CASE WHEN p.since <= %(over)s THEN excluded.since ELSE p.since END,
    tries = CASE WHEN p.since <= %(over)s THEN 1 ELSE p.tries + 1 END
RETURNING tries
"""


class TooMany(Exception):
    """Too many sign-ups from one network, or to one form, within ten minutes."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody filled in. `revision`: of the words that they read."""

    email: str
    values: Mapping[str, Any]
    list_ids: Sequence[int]
    revision: int
    via: str
    origin: str = ""
    ip: str = ""
    has_worked: bool = False
    shown: str = ""


def count(form: SignupForm, what: str, now: datetime) -> None:
    """`what`: shown, started or confirmed."""
    row, _is_new = SignupCount.objects.get_or_create(
        account_id=form.account_id, form_id=form.id, day=now.date(), defaults={}
    )
    SignupCount.objects.filter(id=row.id).update(**{what: F(what) + 1})


@transaction.atomic
def take(form: SignupForm, wish: Wish, now: datetime) -> None:
    """Keep a wish and let a job carry it on; says nothing of what is known about the address. Raises TooMany,
    address.AddressProblem."""
    _keep_pace(form, wish, now)
    parsed = address.parse(wish.email)
    tries = knock(parsed.key, now)
    if not rules_signup.may_follow(tries):
        _drop_held(parsed.key)
    count(form, "started", now)
    text = _text(form, wish)
    same = Signup.objects.filter(form=form, email_key=parsed.key, at__gt=now - rules_signup.PAUSE)
    waits = same.exclude(state=State.CONFIRMED).exists()
    too_soon = form.double_opt_in and tries > 0
    if text is None or waits or (too_soon and not rules_signup.may_follow(tries)):
        return
    made = Signup.objects.create(
        form=form,
        text=text,
        email=parsed.text,
        email_key=parsed.key,
        values=dict(wish.values),
        list_ids=list(wish.list_ids),
        state=State.HELD if too_soon else State.WAITING,
        may_mail=not tries,
        via=wish.via,
        origin=rules_signup.origin(wish.origin),
        network=rules_signup.network(wish.ip),
        at=now,
    )
    if made.state == State.WAITING:
        carry_on(made.id)


def carry_on(signup_id: int) -> None:
    from mailexpert.contacts.jobs_signup import carry_on as job

    jobs.defer(job, signup_id=signup_id)


def _text(form: SignupForm, wish: Wish) -> SignupText | None:
    """The words that were read; a program may bring its own."""
    if not wish.shown:
        return queries_signup.text_of(form, wish.revision)
    mark = words_signup.fingerprint(wish.shown)
    return SignupText.objects.get_or_create(
        account_id=form.account_id,
        form_id=form.id,
        revision=form.revision,
        hash=mark,
        defaults={"language": form.language, "body": wish.shown},
    )[0]


def knock(email_key: str, now: datetime) -> int:
    """How often this address was signed up since it last got a confirmation mail, in whichever account; 0 says that it
    may have one now, and that this is noted. Beside the wall: an attack goes over many accounts."""
    person = keys.keyed_hash(email_key, PERSON)
    return _upsert(KNOCK, {"person": person, "now": now, "over": now - rules_signup.PAUSE})


def is_paused(email_key: str, now: datetime) -> bool:
    """Whether this address had a confirmation mail lately; asking counts for nothing."""
    person = keys.keyed_hash(email_key, PERSON)
    with beside_wall(Beside.SIGNUP):
        return SignupGuard.objects.filter(person=person, mailed_at__gt=now - rules_signup.PAUSE).exists()


def _drop_held(email_key: str) -> None:
    """Of an address that comes again and again none has its turn a day later either."""
    with beside_wall(Beside.SIGNUP):
        Signup.objects.filter(state=State.HELD, email_key=email_key).delete()


def _keep_pace(form: SignupForm, wish: Wish, now: datetime) -> None:
    if wish.via == "api":
        if _paced(f"api {form.id}", now) > rules_signup.MOST_BY_API:
            raise TooMany
        return
    of_network = _paced(f"ip {rules_signup.source(wish.ip)}", now)
    of_form = 0 if wish.has_worked else _paced(f"form {form.id}", now)
    if not rules_signup.may_enter(of_network=of_network, of_form=of_form, has_worked=wish.has_worked):
        raise TooMany


def _paced(source: str, now: datetime) -> int:
    values = {
        "source": keys.keyed_hash(source, SOURCE),
        "now": now,
        "over": now - rules_signup.WINDOW,
    }
    return _upsert(STEP, values)


def _upsert(statement: str, values: Mapping[str, Any]) -> int:
    with beside_wall(Beside.SIGNUP), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


# Work instead of a puzzle


def challenge(form: SignupForm) -> str:
    """What a visitor's browser works on; worth something for this form and for some hours."""
    return signing.TimestampSigner(salt=CHALLENGE).sign(form.key)


def has_worked(form: SignupForm, given: str, email: str, nonce: str) -> bool:
    try:
        key = signing.TimestampSigner(salt=CHALLENGE).unsign(given, max_age=rules_signup.WORK_VALID)
    except signing.BadSignature:
        return False
    return key == form.key and rules_signup.has_worked(given, email, nonce)


# Confirming


def token(signup: Signup) -> str:
    """Holds numbers, no address."""
    return signing.dumps([signup.account_id, signup.id], salt=TOKEN)


def read_token(text: str) -> tuple[int, int] | None:
    """Account and number of a sign-up; whether it is still valid its own row says."""
    try:
        account_id, signup_id = signing.loads(text, salt=TOKEN, max_age=rules_signup.KEPT)
        return int(account_id), int(signup_id)
    except (signing.BadSignature, ValueError, TypeError):
        return None


@transaction.atomic
def send_again(signup_id: int) -> bool:
    """By a person's order: somebody may then have the mail twice. False where it isn't in doubt any more."""
    changed = in_doubt().filter(id=signup_id).update(state=State.WAITING, mailed_at=None)
    if changed:
        carry_on(signup_id)
    return bool(changed)


def in_doubt() -> QuerySet[Signup]:
    """Whose confirmation mail was noted as tried, and nobody knows whether it left."""
    return Signup.objects.filter(state=State.TRYING, mailed_at__lt=clock.now() - DOUBT_AFTER)


@transaction.atomic
def confirm(signup_id: int, now: datetime, *, by: str = "button") -> None:
    """Put the person on the lists, with the proof. Twice is once. `by`: button, or form where the account asks for no
    confirmation; what was not confirmed changes nothing about somebody who is known already. Raises
    Signup.DoesNotExist."""
    signup = Signup.objects.select_for_update(of=("self",)).select_related("form", "text").get(id=signup_id)
    if signup.state == State.CONFIRMED:
        return
    signup.state, signup.confirmed_at = State.CONFIRMED, now
    signup.save(update_fields=["state", "confirmed_at"])
    is_sure = by == "button"
    contact = _contact(signup, is_sure=is_sure)
    if is_sure:
        _come_back(contact)
    proof = words_signup.evidence(signup, signup.form, signup.text, by)
    standing = standing_on(contact, signup.list_ids)
    for into in List.objects.filter(id__in=signup.list_ids, archived_at=None).order_by("id"):
        if into.id not in standing:
            actions.sign_up(contact, into, ground=Ground.CONSENT, evidence=proof, source="form")
    _keep_terms(signup, contact, now)
    count(signup.form, "confirmed", now)


def standing_on(contact: Contact, list_ids: Sequence[int]) -> set[int]:
    """The lists that somebody is on already by their own yes; another ground gives way to it."""
    mine = Membership.objects.filter(
        contact_id=contact.id, list_id__in=list(list_ids), ended_at=None, ground=Ground.CONSENT
    )
    return set(mine.values_list("list_id", flat=True))


def _contact(signup: Signup, *, is_sure: bool) -> Contact:
    values = {name: value for name, value in signup.values.items() if value not in (None, "")}
    try:
        return actions.add_contact(
            signup.email,
            {"language": signup.form.language, **values},
            source="form" if is_sure else "unconfirmed",
        )
    except actions.AddressTaken:
        known = Contact.objects.select_for_update().get(email_key=signup.email_key)
    if not is_sure:
        values = {name: value for name, value in values.items() if getattr(known, name) in (None, "")}
    if values:
        actions.change_contact(known.id, known.email, values)
    return Contact.objects.get(id=known.id)


def has_said_no(signup: Signup) -> bool:
    """Whether only the person can bring this address back: it stopped everything, was erased, or left such a list."""
    left = Membership.objects.filter(
        contact__email_key=signup.email_key, list_id__in=signup.list_ids, ended_at__isnull=False
    )
    return _no_mail(signup.email_key).exists() or left.exists()


def _no_mail(email_key: str) -> QuerySet[Suppression]:
    marks = [email_key, rules.off_mark(current_account(), email_key)]
    return Suppression.objects.filter(email_key__in=marks)


def _come_back(contact: Contact) -> None:
    """Only the person can undo that they stopped everything, and this is them."""
    gone, _tables = _no_mail(contact.email_key).delete()
    if gone:
        ledger.note(Consent.Act.RESUMED, contact_id=contact.id, email_key=contact.email_key, source="form")


def _keep_terms(signup: Signup, contact: Contact, now: datetime) -> None:
    for question in queries_signup.questions_of(signup.form):
        column = words_signup.control(question)
        if question.keep_months and signup.values.get(column) not in (None, ""):
            SignupTerm.objects.update_or_create(
                account_id=current_account(),
                contact_id=contact.id,
                slot=column,
                defaults={"until": rules_signup.until(now.date(), question.keep_months)},
            )
