"""E-mail addresses: what we accept, and the one form under which a person is kept."""

import re
import unicodedata
from dataclasses import dataclass

import idna

LONGEST = 254  # bytes; RFC 5321, section 4.5.3.1.3: a path is at most 256 with its angle brackets
LONGEST_LOCAL = 64  # bytes
LONGEST_DOMAIN = 253
LONGEST_TEXT = 1_000  # characters we look at; more is no address and no sender
BLANKS = " \t\xa0\u200b\ufeff"  # what spreadsheets leave around an address; a line break is none of them

# Controls and line breaks of all kinds, against header injection; what turns the direction of text or can't
# be seen, against addresses that look like another.
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff0-\uffff\ud800-\uf8ff]"
)
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# The usual case, decided at a glance: imports look at a million of them.
PLAIN = re.compile(rf"{ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+[A-Za-z]{{2,63}}").fullmatch
LOCAL = re.compile(r"[^\s@<>\"(),:;\[\]\\.]+(?:\.[^\s@<>\"(),:;\[\]\\.]+)*").fullmatch
HOST = re.compile(rf"(?:{LABEL}\.)+(?:[A-Za-z]{{2,63}}|[Xx][Nn]--[A-Za-z0-9-]{{1,59}})").fullmatch
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"').fullmatch
ESCAPED = re.compile(r"\\(.)")


class AddressProblem(ValueError):
    """The text is no e-mail address that mail can be sent to; `code` says why, for the reader's own words:
    empty, control, no_at, bad_local, bad_domain, too_long."""

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
    """The address that a text holds (RFC 5321, 6531; domains by IDNA 2008). Raises AddressProblem."""
    text = text.strip(BLANKS)
    if PLAIN(text) and len(text) <= LONGEST:
        local, _at, domain = text.rpartition("@")
        if len(local) <= LONGEST_LOCAL and len(domain) <= LONGEST_DOMAIN:
            return Address(f"{local}@{domain.lower()}", needs_smtputf8=False)
    return _parse_with_care(text)


def _parse_with_care(text: str) -> Address:
    if not text:
        raise AddressProblem("empty")
    if len(text) > LONGEST_TEXT:
        raise AddressProblem("too_long")
    if FORBIDDEN.search(text):
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
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as problem:
        raise AddressProblem("bad_domain") from problem
    if not HOST(ascii_domain) or len(ascii_domain) > LONGEST_DOMAIN:
        raise AddressProblem("bad_domain")
    return ascii_domain.lower()


def parse_sender(text: str) -> Sender:
    """`address` or `Name <address>` (RFC 5322, section 3.4). Raises AddressProblem, for a control character in
    the name too, so that no header can be slipped in."""
    text = text.strip(BLANKS)
    if len(text) > LONGEST_TEXT:
        raise AddressProblem("too_long")
    if not text.endswith(">") or "<" not in text:
        return Sender("", parse(text))
    name, _open, rest = text.rpartition("<")
    name = name.strip(BLANKS)
    if FORBIDDEN.search(name.replace("\xa0", " ").replace("\u200d", "")):  # emoji are joined by U+200D
        raise AddressProblem("control")
    quoted = QUOTED(name)
    if quoted:
        name = ESCAPED.sub(r"\1", quoted[1])
    return Sender(name, parse(rest[:-1]))


def mask(text: str) -> str:
    """`jan.jansen@voorbeeld.nl` → `j***@voorbeeld.nl`, for logs and replies."""
    local, at, domain = text.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else text
