"""A host of the account's own for its pictures: under one of its sender domains, and used only while it leads here."""

import re
from datetime import datetime

from django.core import signing

from mailexpert.base import env, webpage
from mailexpert.content.models import Brand
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall, current_account
from mailexpert.sending import queries_domains

HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
SALT = "content.hosts"
PROBE = "/beeld/eigen/"


class NoHost(ValueError):
    """This is no host name, such as beeld.voorbeeld.nl."""


class NotYours(ValueError):
    """The host lies under no sender domain of this account that is verified."""


def base() -> str:
    """What stands before /beeld/ in the address of a picture of the active account."""
    own = (
        Brand.objects.exclude(host="")
        .filter(host_seen_at__isnull=False)
        .values_list("host", flat=True)
        .first()
    )
    return f"{env.load().base_url.partition('://')[0]}://{own}" if own else env.load().base_url


def checked(text: str) -> str:
    """A host that this account may name; empty for none. Raises NoHost, NotYours."""
    host = text.strip().rstrip(".").lower()
    if not host:
        return ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError as problem:
            raise NoHost(NoHost.__doc__) from problem
    if HOST.fullmatch(host) is None:
        raise NoHost(NoHost.__doc__)
    if queries_domains.mail_leaves() and not _is_under_own(host):
        raise NotYours(NotYours.__doc__)
    return host


def _is_under_own(host: str) -> bool:
    verified = [one.name for one in queries_domains.domains() if one.is_verified]
    return any(host.endswith("." + name) for name in verified)


def answer(account_id: int) -> str:
    """What a host must answer, so that we know that it leads here and whose it is."""
    return signing.Signer(salt=SALT).signature(str(account_id))


def leads_here(host: str) -> bool:
    """Ask the host itself. Takes seconds."""
    scheme = env.load().base_url.partition("://")[0]
    try:
        found = webpage.fetch(f"{scheme}://{host}{PROBE}{current_account()}", largest=1_000)
    except webpage.NotFetched:
        return False
    return found.text.strip() == answer(current_account())


def look(now: datetime) -> bool:
    """Ask the account's host again; what leads here no longer isn't used for new mails."""
    found = Brand.objects.exclude(host="").first()
    if found is None:
        return False
    leads = leads_here(found.host)
    Brand.objects.filter(id=found.pk).update(host_seen_at=now if leads else None)
    return leads


def is_known(host: str) -> bool:
    """Whether any account named this host: a proxy asks before it gets a certificate for it."""
    with beside_wall(Beside.IMAGE):
        return Brand.objects.filter(host=host.lower()).exclude(host="").exists()
