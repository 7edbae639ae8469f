"""The visitor's choice about optional cookies. Nothing optional is set or loaded before it, and the browser's signal
(Global Privacy Control) refuses everything without a question."""

import hmac
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest

from mailexpert.base import keys
from mailexpert.privacy.models_choice import CookieChoice

log = logging.getLogger(__name__)
COOKIE = "mailexpert_choice"
KEPT = timedelta(days=180)  # then we may ask again
VERSION = 1  # of the question; another question makes old answers void
INTERESTS, ANALYTICS, CONVERSIONS = "interests", "analytics", "conversions"
PURPOSES = (INTERESTS, ANALYTICS, CONVERSIONS)
LETTERS = {INTERESTS: "i", ANALYTICS: "a", CONVERSIONS: "c"}
KEY = "cookie choice"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`made`: the visitor was asked and answered. `signal`: the browser says no to everything."""

    made: bool = False
    signal: bool = False
    reference: str = ""
    purposes: frozenset[str] = field(default_factory=frozenset)

    def allows(self, purpose: str) -> bool:
        return purpose in self.purposes and not self.signal

    @property
    def must_ask(self) -> bool:
        return not self.made and not self.signal

    @property
    def visitor(self) -> str:
        """A pseudonym to follow interests with; empty without consent."""
        if not self.allows(INTERESTS):
            return ""
        return keys.keyed_hash(self.reference, "visitor").hex()[:20]

    @property
    def visitor_mark(self) -> str:
        """The pseudonym with our signature, as the page tells it to the log of visits."""
        name = self.visitor
        return f"{name}.{keys.keyed_hash(name, 'visit').hex()[:20]}" if name else ""


def choice_of(request: HttpRequest) -> Choice:
    signal = request.headers.get("Sec-GPC") == "1"
    brought = request.COOKIES.get(COOKIE, "")
    if not brought:
        return Choice(signal=signal)
    told = read(brought)
    if told is None:
        log.warning("a choice about cookies that we never gave out was refused")
        return Choice(signal=signal)
    reference, purposes = told
    return Choice(made=True, signal=signal, reference=reference, purposes=purposes)


def read(cookie: str) -> tuple[str, frozenset[str]] | None:
    """None for a forged one, and for the answer to an older question."""
    version, _dot, rest = cookie.partition(".")
    reference, _dot, rest = rest.partition(".")
    letters, _dot, mac = rest.partition(".")
    if version != str(VERSION) or not hmac.compare_digest(mac, _mac(reference, letters)):
        return None
    return reference, frozenset(name for name, letter in LETTERS.items() if letter in letters)


def write(reference: str, purposes: Iterable[str]) -> str:
    letters = "".join(LETTERS[name] for name in PURPOSES if name in set(purposes)) or "-"
    return f"{VERSION}.{reference}.{letters}.{_mac(reference, letters)}"


def _mac(reference: str, letters: str) -> str:
    return keys.keyed_hash(f"{VERSION}.{reference}.{letters}", KEY).hex()[:24]


def keep(purposes: Iterable[str], how: CookieChoice.How, *, reference: str = "") -> str:
    """Record a choice; the cookie that holds it. A changed mind keeps its reference."""
    wanted = [name for name in PURPOSES if name in set(purposes)]
    reference = reference or secrets.token_urlsafe(12)
    CookieChoice.objects.create(reference=reference, version=VERSION, purposes=wanted, how=how)
    return write(reference, wanted)
