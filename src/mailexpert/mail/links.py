"""Links in mails and the signed tokens in them.

A token is self-contained: a kind, ids, and a truncated keyed hash. Nobody can make or change one without the key, and it
holds no address. A click's token names no person: it is the same for all readers of an issue.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

MAC = 10  # bytes; 80 bits, and a guess costs a request
ID = 6  # bytes of an id; 2**48 issues or contacts
CLICK, OPEN, STOP = b"c", b"o", b"u"
MOST_LINKS = 10_000
LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Click:
    issue: int
    link: int


@dataclass(frozen=True, slots=True)
class Open:
    issue: int


@dataclass(frozen=True, slots=True)
class Stop:
    issue: int
    contact: int


def click_token(key: bytes, issue: int, link: int) -> str:
    """The token of one link of an issue, the same for every reader."""
    return _signed(key, CLICK + issue.to_bytes(ID, "big") + link.to_bytes(2, "big"))


def open_token(key: bytes, issue: int) -> str:
    """The token of an issue's counting picture, the same for every reader."""
    return _signed(key, OPEN + issue.to_bytes(ID, "big"))


def stop_token(key: bytes, issue: int, contact: int) -> str:
    """The token by which one person stops what an issue's lists send."""
    return _signed(key, STOP + issue.to_bytes(ID, "big") + contact.to_bytes(ID, "big"))


def person_tokens(key: bytes, issue: int) -> Callable[[int], tuple[bytes, bytes, bytes]]:
    """For many people of one issue, from one hash each: the stop token, the opaque id that Message-ID carries, and
    the return path's (hexadecimal, because mail servers may change its case)."""
    head = STOP + issue.to_bytes(ID, "big")
    begun = hashlib.blake2b(head, key=key, digest_size=2 * MAC)
    to_base64, to_hex = binascii.b2a_base64, binascii.hexlify

    def tokens(contact: int) -> tuple[bytes, bytes, bytes]:
        ids = contact.to_bytes(ID, "big")
        mac = begun.copy()
        mac.update(ids)
        digest = mac.digest()
        stop = to_base64(head + ids + digest[:MAC], newline=False).translate(URL_SAFE, b"=")
        opaque = to_hex(head[1:] + ids + digest[MAC:])
        return stop, opaque, opaque

    return tokens


URL_SAFE = bytes.maketrans(b"+/", b"-_")


def read_token(key: bytes, token: str) -> Click | Open | Stop | None:
    """What a token says; None when it isn't ours. Never raises."""
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    told, mac = raw[:-MAC], raw[-MAC:]
    if not hmac.compare_digest(_mac(key, told), mac):
        return None
    return _told(told)


def _told(told: bytes) -> Click | Open | Stop | None:
    number = int.from_bytes(told[1 : 1 + ID], "big")
    match told[:1], len(told):
        case b"c", 9:
            return Click(number, int.from_bytes(told[7:], "big"))
        case b"o", 7:
            return Open(number)
        case b"u", 13:
            return Stop(number, int.from_bytes(told[7:], "big"))
    return None


def _mac(key: bytes, told: bytes) -> bytes:
    return hashlib.blake2b(told, key=key, digest_size=2 * MAC).digest()[:MAC]


def _signed(key: bytes, told: bytes) -> str:
    return base64.urlsafe_b64encode(told + _mac(key, told)).decode().rstrip("=")


# ── Numbering at freeze ──────────────────────────────────────────────────────────────────────────────────────

# A placeholder that the composer replaces by a click address. Private-use characters can't stand in a source:
# content refuses them.
OPENING, CLOSING = "\ue003", "\ue004"
PLACEHOLDER = re.compile(f"{OPENING}([0-9]+){CLOSING}")

# Possessive and with a ceiling: a source full of quotes that never close can't make it look twice.
TAG = re.compile(r"""<!--.*?-->|<([A-Za-z][A-Za-z0-9]{0,20})(?:"[^"]*+"|'[^']*+'|[^"'>]){0,20000}+>""", re.DOTALL)
HREF = re.compile(r"""(\shref\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
IN_TEXT = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]']")
HTTP = ("http://", "https://")
LINKED = {"a", "area"}


@dataclass(frozen=True, slots=True)
class Numbered:
    """Both parts with placeholders where a tracked link stood, and the targets by number."""

    html: str
    text: str
    targets: list[str]


def number(html: str, text: str) -> Numbered:
    """Number the links of an issue: the same target has the same number in both parts. A target that holds Liquid is
    left alone, because a tracked one must be the same for everybody; so are mailto:, tel: and anchors."""
    numbers: dict[str, int] = {}

    def place(target: str) -> str | None:
        if not target.startswith(HTTP) or "{{" in target or "{%" in target or len(numbers) >= MOST_LINKS:
            return None
        return f"{OPENING}{numbers.setdefault(target, len(numbers))}{CLOSING}"

    def in_attribute(found: re.Match[str]) -> str:
        value = next(group for group in found.groups()[1:] if group is not None)
        placed = place(unescape(value.strip()))
        return f'{found[1]}"{placed}"' if placed else found[0]

    def in_tag(found: re.Match[str]) -> str:
        if found[1] is None or found[1].lower() not in LINKED:
            return found[0]
        return HREF.sub(in_attribute, found[0], count=1)

    def in_text(found: re.Match[str]) -> str:
        return place(found[0]) or found[0]

    numbered_html = TAG.sub(in_tag, html)
    return Numbered(numbered_html, IN_TEXT.sub(in_text, text), list(numbers))


def click_addresses(key: bytes, issue: int, targets: Sequence[Any], track_url: str) -> Iterator[str]:
    """The address that stands in the mail for each numbered link."""
    for link in range(len(targets)):
        yield f"{track_url}/t/c/{click_token(key, issue, link)}"
