"""The signed links by which a person comes to what is theirs, without a login. They hold numbers, no address.

Each mail carries one of its own (mail/links.py). Those made here stand in single letters: the way to the preferences,
and the button that confirms a new address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from mailexpert.base import env, keys
from mailexpert.contacts.models import Contact, NewAddress
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.mail import links
from mailexpert.sending.models import Issue

PREFERENCES, NEW_ADDRESS = "contacts.preferences", "contacts.new-address"
ADDRESS_VALID = timedelta(days=7)
# Who has an old mail of somebody else may stop it for them, but reads nothing about them any more.
FRESH = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """What a link opens: one person of one account. `issue`: the mailing that it stood in. `is_fresh`: it may show
    what is kept about this person, and change it."""

    token: str
    account_id: int
    contact_id: int
    issue: Issue | None
    is_fresh: bool


def preferences_url(contact: Contact) -> str:
    told = signing.dumps([contact.account_id, contact.id], salt=PREFERENCES)
    return f"{env.load().base_url}/voorkeuren/{told}"


def read(token: str, now: datetime) -> Pass | None:
    """None when it isn't ours. A link in a test mail is nobody's."""
    told = links.read_token(keys.derive("links"), token)
    if isinstance(told, links.Stop):
        return _of_mail(token, told, now)
    numbers = _load(token, PREFERENCES)
    if numbers is None:
        return None
    account_id, contact_id = numbers
    is_fresh = _load(token, PREFERENCES, FRESH) is not None
    return Pass(token=token, account_id=account_id, contact_id=contact_id, issue=None, is_fresh=is_fresh)


def _of_mail(token: str, told: links.Stop, now: datetime) -> Pass | None:
    with beside_wall(Beside.STOP):
        issue = Issue.objects.filter(id=told.issue).first()
    if issue is None:
        return None
    last = issue.finished_at or issue.started_at or issue.created_at
    return Pass(
        token=token,
        account_id=issue.account_id,
        contact_id=told.contact if issue.kind == Issue.Kind.MAILING else 0,
        issue=issue,
        is_fresh=now - last < FRESH,
    )


def new_address_url(wanted: NewAddress) -> str:
    told = signing.dumps([wanted.account_id, wanted.id], salt=NEW_ADDRESS)
    return f"{env.load().base_url}/voorkeuren/adres/{told}"


def read_new_address(token: str) -> tuple[int, int] | None:
    """Account and number of the wish."""
    return _load(token, NEW_ADDRESS, ADDRESS_VALID)


def _load(token: str, salt: str, longest: timedelta | None = None) -> tuple[int, int] | None:
    try:
        told = signing.loads(token, salt=salt, max_age=longest)
        account_id, number = told
        return int(account_id), int(number)
    except (signing.BadSignature, ValueError, TypeError):
        return None
