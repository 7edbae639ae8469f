"""Telling an account something: in the page, and by mail to its owners and administrators who want that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mailexpert.accounts import letters
from mailexpert.accounts.models import Account, LoginPlace, Membership, Role, User, Word
from mailexpert.accounts.rules import device_name
from mailexpert.base import env
from mailexpert.core import usage
from mailexpert.core.scope import current_account

Kind = Word.Kind
TELLS = (Role.OWNER, Role.ADMIN)


@dataclass(frozen=True, kw_only=True)
class Said:
    title: str
    text: str


Values = dict[str, Any]


def _measured(values: Values) -> Values:
    """A measure of use in the words of who reads; older words hold its name itself."""
    measure = usage.named(values["what"])
    if measure is None:
        return values
    written = {name: measure.written(values[name]) for name in ("used", "limit")}
    return {"what": str(measure.label), **written}


SENTENCES: dict[str, Callable[[Values], tuple[str, str]]] = {
    Kind.LIMIT_NEAR: lambda v: (
        _("%(what)s: %(used)s of %(limit)s used") % _measured(v),
        _("Four fifths of what your package holds is in use. A larger package counts at once."),
    ),
    Kind.LIMIT_REACHED: lambda v: (
        _("%(what)s: the limit of %(limit)s is reached") % _measured(v),
        _("Nothing is deleted, but nothing more fits. Take a larger package, or make room."),
    ),
    Kind.IMPORT_DONE: lambda v: (
        _("%(file)s has been imported") % v,
        _("%(added)s added, %(updated)s updated, %(refused)s refused with their reason.") % v,
    ),
    Kind.IMPORT_FAILED: lambda v: (
        _("%(file)s could not be imported") % v,
        _("Nothing of it was kept. The page of the import says what happened."),
    ),
    Kind.DOMAIN_BROKEN: lambda v: (
        _("The records of %(domain)s are broken") % v,
        _("Mail from this domain may be refused. The page of the domain says which record is missing."),
    ),
    Kind.RELAY_REFUSES: lambda v: (
        _("The mailing “%(mailing)s” waits for its mail server") % v,
        _(
            "The server refuses mail or doesn’t answer. Nothing is lost; it goes on by itself as soon as that ends."
        ),
    ),
    Kind.MAILING_PAUSED: lambda v: (
        _("The mailing “%(mailing)s” is paused") % v,
        _("Who had no turn yet gets it when you let the mailing go on."),
    ),
    Kind.TEST_ASKS: lambda v: (
        _("The test of “%(mailing)s” asks you to choose") % v,
        _("The time is over. Everyone else waits until you choose a version."),
    ),
    Kind.TEST_DECIDED: lambda v: (
        _("The test of “%(mailing)s” is decided: version %(letter)s") % v,
        _("It goes to everyone else now. The page says how sure that is, and why."),
    ),
    Kind.REQUEST: lambda v: (
        _("A request of a person waits for an answer"),
        _("It came in on %(received)s and must be answered by %(due)s. The page says what to do.") % v,
    ),
    Kind.NEW_DEVICE: lambda v: (
        _("%(who)s logged in on a new device") % v,
        _("Seen: %(device)s. Wasn’t it you? Choose a new password, and end the other sessions under Devices.")
        % v,
    ),
}


def said(kind: str, values: Values) -> Said:
    """In the language that is active."""
    title, text = SENTENCES[kind](values)
    return Said(title=title, text=text)


def tell(kind: str, key: str, url: str = "", **values: Any) -> Word | None:
    """Tell the active account, once for each key; None when it knows already."""
    try:
        with transaction.atomic():
            made = Word.objects.create(kind=kind, key=f"{kind}:{key}"[:120], values=values, url=url)
    except IntegrityError:
        return None
    for member in Membership.objects.filter(role__in=TELLS).select_related("user"):
        if kind not in member.muted:
            _mail(member.user, kind, values, url)
    return made


def _mail(user: User, kind: str, values: Values, url: str) -> None:
    with translation.override(user.language):
        words = said(kind, values)
        account = Account.objects.get(id=current_account())
        address = env.load().base_url + (url or "/")
        letters.write(
            "accounts/word",
            user.email,
            {"user": user, "said": words, "account": account.name, "url": address},
        )


def forget(kind: str, key: str) -> None:
    """What was wrong is over: the next time it is told again."""
    Word.objects.filter(key=f"{kind}:{key}"[:120]).delete()


def see_all(now: datetime) -> None:
    Word.objects.filter(seen_at=None).update(seen_at=now)


def note_login(user: User, user_agent: str) -> bool:
    """Whether this kind of device is new for someone who logged in before from another."""
    browser, system = device_name(user_agent)
    device = " · ".join(part for part in (browser, system) if part)
    if not device:
        return False
    is_first = not LoginPlace.objects.filter(user=user).exists()
    _place, is_new = LoginPlace.objects.get_or_create(user=user, device=device)
    return is_new and not is_first
