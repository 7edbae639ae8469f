"""E-mail addresses: what we accept, and the one form under which a person is kept."""

import re
import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr

import idna

LONGEST = 254  # RFC 5321, section 4.5.3.1.3: a path is at most 256 with its angle brackets
LONGEST_LOCAL = 64
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# The usual case, decided at a glance: imports look at a million of them.
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
PLAIN = re.compile(
    rf"(?!\.)(?!.*\.\.)(?!.*\.@)[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{LABEL}\.)+[A-Za-z]{{2,63}}"
).fullmatch
LOCAL = re.compile(r"[^\s@<>\"(),:;\[\]\\.]+(?:\.[^\s@<>\"(),:;\[\]\\.]+)*").fullmatch
HOST = re.compile(rf"(?:{LABEL}\.)+(?:[A-Za-z]{{2,63}}|[Xx][Nn]--[A-Za-z0-9-]{{1,59}})").fullmatch


class AddressProblem(ValueError):
    """The text is no e-mail address that mail can be sent to; `code` says why, for the reader's own words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Address:
    """`text` is what goes on the wire: local part as typed (NFC), domain as lower-case A-labels."""

    text: str
    needs_smtputf8: bool

    @property
    def key(self) -> str:
        """One person, one key: case makes no difference."""
        return self.text.lower()

    @property
    def domain(self) -> str:
        return self.text.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    address: Address


def parse(text: str) -> Address:
    """The address that a text holds (RFC 5321, 6531; domains by IDNA 2008). Raises AddressProblem: empty, control,
    too_long, no_at, bad_local, bad_domain."""
    text = text.strip()
    if PLAIN(text) and len(text) <= LONGEST:
        local, _at, domain = text.rpartition("@")
        return Address(f"{local}@{domain.lower()}", needs_smtputf8=False)
    if not text:
        raise AddressProblem("empty")
    if CONTROL.search(text):
        raise AddressProblem("control")
    local, at, domain = unicodedata.normalize("NFC", text).rpartition("@")
    if not at:
        raise AddressProblem("no_at")
    if not LOCAL(local) or len(local.encode()) > LONGEST_LOCAL:
        raise AddressProblem("bad_local")
    whole = f"{local}@{_host(domain)}"
    if len(whole.encode()) > LONGEST:
        raise AddressProblem("too_long")
    return Address(whole, needs_smtputf8=not local.isascii())


def _host(domain: str) -> str:
    try:
        ascii_domain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as problem:
        raise AddressProblem("bad_domain") from problem
    if not HOST(ascii_domain) or len(ascii_domain) > 253:
        raise AddressProblem("bad_domain")
    return ascii_domain.lower()


def parse_sender(text: str) -> Sender:
    """`address` or `Name <address>` (RFC 5322, section 3.4). Raises AddressProblem, also for a line break, so that
    no header can be slipped in."""
    if CONTROL.search(text):
        raise AddressProblem("control")
    text = text.strip()
    if text.endswith(">") and "<" in text:
        name, _open, rest = text.rpartition("<")
        name = name.strip()
        if name.startswith('"') and name.endswith('"') and len(name) > 1:
            name = parseaddr(f"{name} <a@b.nl>")[0]
        return Sender(name, parse(rest[:-1]))
    return Sender("", parse(text))


def mask(text: str) -> str:
    """`jan.jansen@voorbeeld.nl` → `j***@voorbeeld.nl`, for logs and replies."""
    local, at, domain = text.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else text
