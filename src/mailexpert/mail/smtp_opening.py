"""From a fresh connection to one that takes mail: greeting, EHLO, STARTTLS, login (RFC 5321, 3207, 4954).
No I/O."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from mailexpert.mail.reply import Phase
from mailexpert.mail.smtp_reply import Malformed, Replies

MOST_OFFERS = 100


class Trouble(StrEnum):
    """Why a conversation ended, for whoever decides what comes next."""

    NONE = "none"  # we said goodbye
    LOST = "lost"  # the connection ended
    SHUTTING = "shutting"  # 421: the server closes this connection
    REFUSED = "refused"  # it takes no mail from us
    TLS = "tls"  # it can't be made private as asked
    LOGIN = "login"  # name or password are wrong, or could not be sent safely
    PROTOCOL = "protocol"  # what it says makes no sense


class Closed(NamedTuple):
    """The conversation is over: write what is left, close the connection."""

    trouble: Trouble
    code: int
    text: bytes


class StartTls(NamedTuple):
    """Begin TLS on this connection now, then call `secured`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What a server can do. `size`: the most bytes of a message, 0 = it doesn't say, None = no SIZE."""

    pipelining: bool = False
    eight_bit: bool = False
    smtputf8: bool = False
    starttls: bool = False
    dsn: bool = False
    size: int | None = None
    login: frozenset[str] = frozenset()


class Ready(NamedTuple):
    """The connection takes mail."""

    offer: Offer


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How to open. `security`: none, offered (TLS if the server has it), starttls (TLS or nothing), tls (the
    driver made the connection private already). `login`: password, or token, of which `password` then is the access
    token (XOAUTH2). A login in the clear is sent only when `is_local`."""

    hello: str
    security: str = "none"
    login: str = "password"
    username: str = ""
    password: str = field(default="", repr=False)
    is_local: bool = False


Event = Ready | StartTls | Closed


def read_offer(text: bytes) -> Offer:
    """The extensions in the reply to EHLO (RFC 5321, section 4.1.1.1). Unknown ones are passed over."""
    found: dict[bytes, bytes] = {}
    for line in text.split(b"\n")[1 : MOST_OFFERS + 1]:
        name, _blank, rest = line.upper().replace(b"AUTH=", b"AUTH ").strip().partition(b" ")
        found[name] = (found.get(name, b"") + b" " + rest).strip()
    size = found.get(b"SIZE")
    return Offer(
        pipelining=b"PIPELINING" in found,
        eight_bit=b"8BITMIME" in found,
        smtputf8=b"SMTPUTF8" in found,
        starttls=b"STARTTLS" in found,
        dsn=b"DSN" in found,
        size=None if size is None else int(size) if size.isdigit() and len(size) < 20 else 0,
        login=frozenset(way.decode("ascii", "replace") for way in found.get(b"AUTH", b"").split()),
    )


def xoauth2(username: str, token: str) -> str:
    """What AUTH XOAUTH2 says before it is encoded."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01"


class Opening:
    """Ends in one Ready or one Closed."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._replies = Replies()
        self._is_private = wish.security == "tls"
        self._await: Callable[[int, bytes], None] | None = self._on_greeting
        self._offer = Offer()
        self._secrets: list[bytes] = []
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._is_over = False
        self.phase = Phase.GREETING  # which reply is awaited

    def output(self) -> bytes:
        """What is to be written now."""
        out, self._out = b"".join(self._out), []
        return out

    def receive(self, data: bytes) -> list[Event]:
        """What the server's bytes mean. Never raises: nonsense closes with Trouble.PROTOCOL."""
        if self._is_over:
            return []
        try:
            for code, text in self._replies.feed(data):
                if self._await is None:
                    self._unasked()
                    break
                self._await(code, text)
            if self._await is None and self._replies.is_amid:
                self._unasked()
        except Malformed as problem:
            self._end(Trouble.PROTOCOL, 0, str(problem).encode())
        return self._told()

    def secured(self) -> list[Event]:
        """TLS stands; what the server said before it doesn't count (RFC 3207, section 4.2)."""
        self._replies, self._is_private, self._offer = Replies(), True, Offer()
        self._say_hello()
        return self._told()

    def lost(self) -> list[Event]:
        """The connection ended, or its patience did."""
        if not self._is_over:
            self._end(Trouble.LOST, 0, b"")
        return self._told()

    def _told(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    # ── step by step ──

    def _say(self, line: bytes, phase: Phase, then: Callable[[int, bytes], None]) -> None:
        self._out.append(line + b"\r\n")
        self.phase, self._await = phase, then

    def _on_greeting(self, code: int, text: bytes) -> None:
        if code != 220:
            self._end(Trouble.REFUSED, code, text)
        else:
            self._say_hello()

    def _say_hello(self) -> None:
        self._say(b"EHLO " + self._wish.hello.encode("ascii", "replace"), Phase.HELLO, self._on_hello)

    def _on_hello(self, code: int, text: bytes) -> None:
        wish = self._wish
        if code in (500, 502) and wish.security in ("none", "offered") and not wish.username:
            self._say(b"HELO " + wish.hello.encode("ascii", "replace"), Phase.HELLO, self._on_plain_hello)
        elif code != 250:
            self._end(Trouble.REFUSED, code, text)
        else:
            self._offer = read_offer(text)
            self._secure_or_log_in()

    def _on_plain_hello(self, code: int, text: bytes) -> None:
        if code == 250:
            self._ready()
        else:
            self._end(Trouble.REFUSED, code, text)

    def _secure_or_log_in(self) -> None:
        wants = self._wish.security
        if self._is_private or wants == "none" or (wants == "offered" and not self._offer.starttls):
            self._log_in()
        elif self._offer.starttls:
            self._say(b"STARTTLS", Phase.HELLO, self._on_starttls)
        else:
            self._end(Trouble.TLS, 0, b"it doesn't offer STARTTLS")

    def _on_starttls(self, code: int, text: bytes) -> None:
        if code != 220:
            self._end(Trouble.TLS, code, text)
            return
        # Nothing more may come before TLS: an attacker's replies would count as private (CVE-2011-0411).
        self._await = None
        self._events.append(StartTls())

    def _log_in(self) -> None:
        wish = self._wish
        if not wish.username:
            self._ready()
        elif not self._is_private and not wish.is_local:
            self._end(Trouble.TLS, 0, b"a login is only sent over a private connection")
        elif wish.login == "token":
            self._secrets = [b""]  # the answer to a 334, which tells what is wrong with the token
            told = base64.b64encode(xoauth2(wish.username, wish.password).encode())
            self._say(b"AUTH XOAUTH2 " + told, Phase.LOGIN, self._on_login)
        elif "PLAIN" in self._offer.login or "LOGIN" not in self._offer.login:
            secret = base64.b64encode(f"\0{wish.username}\0{wish.password}".encode())
            self._say(b"AUTH PLAIN " + secret, Phase.LOGIN, self._on_login)
        else:
            self._secrets = [base64.b64encode(part.encode()) for part in (wish.password, wish.username)]
            self._say(b"AUTH LOGIN", Phase.LOGIN, self._on_login)

    def _on_login(self, code: int, text: bytes) -> None:
        if code == 334 and self._secrets:
            self._say(self._secrets.pop(), Phase.LOGIN, self._on_login)
        elif code == 235:
            self._ready()
        elif 400 <= code < 500:
            self._end(
                Trouble.REFUSED, code, text
            )  # RFC 4954, 4.7.0: it can't say now whether the login is right
        else:
            self._end(Trouble.LOGIN, code, text)

    # ── ends ──

    def _ready(self) -> None:
        self._await, self._is_over = None, True
        self._events.append(Ready(self._offer))

    def _unasked(self) -> None:
        """More came than was asked for: behind STARTTLS an injection, else a server out of step."""
        awaits_tls = any(isinstance(event, StartTls) for event in self._events)
        self._events = [event for event in self._events if isinstance(event, Closed)]
        if not self._events:
            self._end(Trouble.TLS if awaits_tls else Trouble.PROTOCOL, 0, b"it said more than it was asked")

    def _end(self, trouble: Trouble, code: int, text: bytes) -> None:
        if code == 421:
            trouble = Trouble.SHUTTING
        self._await, self._is_over, self._out = None, True, []
        self._events.append(Closed(trouble, code, text))
