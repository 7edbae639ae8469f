"""Showing that a web site is the account's own: by a record in its DNS, or by a file on it."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from mailexpert.accounts.models import Site
from mailexpert.base import clock, names, webpage
from mailexpert.mail import address

MOST_SITES = 20
LARGEST_PROOF = 4_000  # bytes
Fetch = Callable[[str], webpage.Fetched]


class NoHost(Exception):
    """This is no name of a web site."""


class Known(Exception):
    """The account has this site already."""


class TooMany(Exception):
    """An account has at most 20 sites."""


def read_host(text: str) -> str:
    """A host name in lower-case A-labels, of an address or of the name alone. Raises NoHost."""
    text = text.strip().rstrip(".")
    try:
        host = urlsplit(text).hostname or "" if "//" in text else text.partition("/")[0]
        return address.parse(f"x@{host}").domain
    except (ValueError, address.AddressProblem) as problem:
        raise NoHost(text) from problem


def claim(text: str) -> Site:
    """Raises NoHost, Known, TooMany."""
    host = read_host(text)
    if Site.objects.count() >= MOST_SITES:
        raise TooMany
    try:
        with transaction.atomic():
            return Site.objects.create(host=host, token=secrets.token_hex(16))
    except IntegrityError as problem:
        raise Known(host) from problem


def check(site: Site, source: names.Names | None = None, fetch: Fetch | None = None) -> bool:
    """Look for the proof now; takes some seconds and holds no lock. A site that had it keeps its standing until it is
    let go."""
    seen = _in_dns(site, source or names.system()) or _in_file(site, fetch or _fetch)
    site.checked_at = clock.now()
    if seen:
        site.verified_at = site.checked_at
    site.save(update_fields=["checked_at", "verified_at"])
    return seen


def _in_dns(site: Site, source: names.Names) -> bool:
    return site.proof in source.texts(site.record_name).values


def _fetch(url: str) -> webpage.Fetched:
    return webpage.fetch(url, largest=LARGEST_PROOF)


def _in_file(site: Site, fetch: Fetch) -> bool:
    """Only where the site itself answers: a redirect elsewhere proves nothing of it."""
    try:
        found = fetch(site.file_url)
    except webpage.NotFetched:
        return False
    return found.url == site.file_url and site.proof in found.text.split()


def let_go(site: Site) -> None:
    site.delete()


def verified_hosts() -> list[str]:
    return list(
        Site.objects.filter(verified_at__isnull=False).order_by("host").values_list("host", flat=True)
    )
