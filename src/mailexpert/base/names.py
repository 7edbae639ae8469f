"""What DNS says of a name. Only questions are asked here; what an answer means is for who asked."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Protocol

import dns.exception
import dns.name
import dns.resolver
from dns.rdatatype import MX, TXT

SECONDS = 6.0  # for one question with its tries over all name servers
MOST_VALUES, LONGEST_VALUE = 50, 4_000  # of an answer that somebody else wrote


class State(Enum):
    FOUND = "found"
    NOTHING = "nothing"  # the name, or this kind of record at it, isn't there
    FAILED = "failed"  # no answer: nobody knows whether it is there


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`values`: texts with their strings put together, or mail hosts in order of preference, all without a final
    dot. `alias` is where a CNAME led."""

    state: State
    values: tuple[str, ...] = ()
    alias: str = ""


FAILED = Answer(state=State.FAILED)


class Names(Protocol):
    """Where answers come from. Blocks for some seconds at most; never raises."""

    def texts(self, name: str) -> Answer: ...
    def mail_hosts(self, name: str) -> Answer: ...


class SystemNames:
    """The machine's own name servers, or the given ones. A truncated answer is asked for again over TCP."""

    def __init__(self, servers: list[str] | None = None, port: int = 53) -> None:
        self._resolver = dns.resolver.Resolver(configure=servers is None)
        self._resolver.lifetime, self._resolver.timeout = SECONDS, SECONDS / 3
        if servers is not None:
            self._resolver.nameservers, self._resolver.port = list(servers), port

    def texts(self, name: str) -> Answer:
        return self._ask(name, TXT)

    def mail_hosts(self, name: str) -> Answer:
        return self._ask(name, MX)

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> Answer:
        try:
            found = self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN as problem:
            return Answer(state=State.NOTHING, alias=_alias(name, problem.canonical_name))
        except (dns.exception.DNSException, OSError, ValueError):
            return FAILED
        led = _alias(name, found.canonical_name)
        if found.rrset is None:
            return Answer(state=State.NOTHING, alias=led)
        values = sorted(found.rrset, key=lambda one: one.preference) if kind == MX else list(found.rrset)
        told = tuple(_text(value, kind)[:LONGEST_VALUE] for value in values[:MOST_VALUES])
        return Answer(state=State.FOUND, values=told, alias=led)


def _alias(name: str, canonical: dns.name.Name) -> str:
    found = canonical.to_text(omit_final_dot=True).lower()
    return "" if found == name.rstrip(".").lower() else found


def _text(value: object, kind: dns.rdatatype.RdataType) -> str:
    if kind == MX:
        return str(value.exchange.to_text(omit_final_dot=True)).lower()  # type: ignore[attr-defined]
    return b"".join(value.strings).decode("utf-8", "replace")  # type: ignore[attr-defined]


@cache
def system() -> Names:
    return SystemNames()
