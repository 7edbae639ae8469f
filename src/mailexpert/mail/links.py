"""Links in mails and the signed tokens in them.

A token is self-contained: a kind, ids, and a truncated keyed hash. Nobody can make or change one without the
key, and it holds no address. A click's token names no person: it is the same for all readers of an issue. Only in
the mails of people who may be measured does a reader's own token stand before the number of each link.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

from mailexpert.mail import anchors

MAC = 10  # bytes; 80 bits, and a guess costs a request
ID = 6  # bytes of an id; 2**48 issues or contacts
CLICK, OPEN, STOP, READER, FEEDBACK = b"c", b"o", b"u", b"r", b"f"
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
class Reader:
    """A person who reads an issue; may be measured or not when it is asked, whatever held when it was mailed."""

    issue: int
    contact: int


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


def reader_token(key: bytes, issue: int, contact: int) -> str:
    """The token of one reader of an issue, for links and picture; it stops nothing."""
    return _signed(key, READER + issue.to_bytes(ID, "big") + contact.to_bytes(ID, "big"))


def reader_tokens(key: bytes, issue: int) -> Callable[[Iterable[int]], list[str]]:
    """The same for many readers of one issue at once, at half the price."""
    head = READER + issue.to_bytes(ID, "big")
    begin = hashlib.blake2b(head, key=key, digest_size=2 * MAC).copy

    def tokens(contacts: Iterable[int]) -> list[str]:
        raw: list[bytes] = []
        for contact in contacts:
            ids = contact.to_bytes(ID, "big")
            mac = begin()
            mac.update(ids)
            raw += (head, ids, mac.digest()[:MAC], b"\0")
        coded = binascii.b2a_base64(b"".join(raw), newline=False).translate(URL_SAFE).decode()
        return [coded[at : at + STOP_WIDTH] for at in range(0, len(coded), STOP_ROOM)]

    return tokens


def stop_token(key: bytes, issue: int, contact: int) -> str:
    """The token by which one person stops what an issue's lists send."""
    return _signed(key, STOP + issue.to_bytes(ID, "big") + contact.to_bytes(ID, "big"))


URL_SAFE = bytes.maketrans(b"+/", b"-_")
STOP_ROOM = 32  # characters that base64 takes for a stop token's 23 bytes and one of filling
STOP_WIDTH = 31  # of which these are the token
OPAQUE_WIDTH = 2 * (2 * ID + MAC)


class PersonTokens(NamedTuple):
    """By person: `stops` as in stop_token, `opaques` as in return_token."""

    stops: list[bytes]
    opaques: list[bytes]


def person_tokens(key: bytes, issue: int) -> Callable[[Iterable[int]], PersonTokens]:
    """For many people of one issue, from one hash each: the stop token, and the opaque one that Message-ID and
    the return path carry."""
    head = STOP + issue.to_bytes(ID, "big")
    begin = hashlib.blake2b(head, key=key, digest_size=2 * MAC).copy

    def tokens(contacts: Iterable[int]) -> PersonTokens:
        stops: list[bytes] = []
        opaques: list[bytes] = []
        for contact in contacts:
            ids = contact.to_bytes(ID, "big")
            mac = begin()
            mac.update(ids)
            digest = mac.digest()
            stops += (head, ids, digest[:MAC], b"\0")
            opaques += (head[1:], ids, digest[MAC:])
        coded = binascii.b2a_base64(b"".join(stops), newline=False).translate(URL_SAFE)
        opaque = b"".join(opaques).hex().encode()
        return PersonTokens(
            [coded[at : at + STOP_WIDTH] for at in range(0, len(coded), STOP_ROOM)],
            [opaque[at : at + OPAQUE_WIDTH] for at in range(0, len(opaque), OPAQUE_WIDTH)],
        )

    return tokens


def return_token(key: bytes, issue: int, contact: int) -> str:
    """The token of a return path and a Message-ID, hexadecimal because mail servers may change its case."""
    told = issue.to_bytes(ID, "big") + contact.to_bytes(ID, "big")
    return (told + _digest(key, STOP + told)[MAC:]).hex()


def read_return_token(key: bytes, token: str) -> Stop | None:
    """Whose mail a bounce or complaint is about; None when the token isn't ours. Never raises."""
    try:
        raw = bytes.fromhex(token) if len(token) == OPAQUE_WIDTH and token.isascii() else b""
    except ValueError:
        return None
    told, mac = raw[: 2 * ID], raw[2 * ID :]
    if not raw or not hmac.compare_digest(_digest(key, STOP + told)[MAC:], mac):
        return None
    return Stop(int.from_bytes(told[:ID], "big"), int.from_bytes(told[ID:], "big"))


def feedback_token(key: bytes, account: int) -> str:
    """The token of an address that takes reports about an account's mail; hexadecimal, as in return_token."""
    told = account.to_bytes(ID, "big")
    return (told + _digest(key, FEEDBACK + told)[:MAC]).hex()


def read_feedback_token(key: bytes, token: str) -> int | None:
    """Which account's; None when the token isn't ours. Never raises."""
    try:
        raw = bytes.fromhex(token) if len(token) == 2 * (ID + MAC) and token.isascii() else b""
    except ValueError:
        return None
    told, mac = raw[:ID], raw[ID:]
    if not raw or not hmac.compare_digest(_digest(key, FEEDBACK + told)[:MAC], mac):
        return None
    return int.from_bytes(told, "big")


def read_token(key: bytes, token: str) -> Click | Open | Reader | Stop | None:
    """What a token says; None when it isn't ours. Never raises."""
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    told, mac = raw[:-MAC], raw[-MAC:]
    if not hmac.compare_digest(_digest(key, told)[:MAC], mac) or _coded(raw) != token:
        return None
    return _told(told)


def _told(told: bytes) -> Click | Open | Reader | Stop | None:
    number = int.from_bytes(told[1 : 1 + ID], "big")
    match told[:1], len(told):
        case b"c", 9:
            return Click(number, int.from_bytes(told[7:], "big"))
        case b"o", 7:
            return Open(number)
        case b"r", 13:
            return Reader(number, int.from_bytes(told[7:], "big"))
        case b"u", 13:
            return Stop(number, int.from_bytes(told[7:], "big"))
    return None


def _digest(key: bytes, told: bytes) -> bytes:
    return hashlib.blake2b(told, key=key, digest_size=2 * MAC).digest()


def _signed(key: bytes, told: bytes) -> str:
    return _coded(told + _digest(key, told)[:MAC])


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


# ── Numbering at freeze ──

# A placeholder that the composer replaces by a click address: private-use characters, taken out of sources first.
OPENING, CLOSING = "\ue003", "\ue004"
PLACEHOLDER = re.compile(f"{OPENING}([0-9]{{1,5}}){CLOSING}")
OURS = {ord(OPENING): None, ord(CLOSING): None}
IGNORED = {9: None, 10: None, 13: None}  # in an address browsers pass over tabs and line ends
WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Numbered:
    """Both parts with placeholders where a tracked link stood, and the targets by number."""

    html: str
    text: str
    targets: list[str]


def number(html: str, text: str, *, apart: str = "", known: Sequence[str] = ()) -> Numbered:
    """Number the web links of an issue: the same target has the same number in both parts. A target that holds
    Liquid is left alone, because a tracked one must be the same for everybody; so are mailto:, tel: and anchors, and
    what begins with `apart`. Targets that are `known` keep their numbers. Every other byte stays."""
    html, text = html.translate(OURS), text.translate(OURS)
    numbers = {target: place for place, target in enumerate(known)}
    in_html = ((place.start, place.end, "" if place.is_quoted else '"') for place in anchors.hrefs(html))
    in_text = ((start, end, None) for start, end in anchors.in_text(text))
    html = _replaced(html, in_html, numbers, apart)
    text = _replaced(text, in_text, numbers, apart)
    return Numbered(html, text, list(numbers))


def _replaced(
    source: str, places: Iterable[tuple[int, int, str | None]], numbers: dict[str, int], apart: str
) -> str:
    """`places`: from, to, and the quotes that a placeholder in HTML needs; None in plain text."""
    out: list[str] = []
    done = 0
    for start, end, quotes in places:
        written = source[start:end]
        target = written if quotes is None else unescape(written).strip().translate(IGNORED)
        if not target.lower().startswith(WEB) or "{{" in written or "{%" in written:
            continue
        if apart and target.startswith(apart):
            continue
        if target not in numbers and len(numbers) >= MOST_LINKS:
            continue
        mark = f"{OPENING}{numbers.setdefault(target, len(numbers))}{CLOSING}"
        out += (source[done:start], quotes or "", mark, quotes or "")
        done = end
    return "".join([*out, source[done:]])


READER_FIELD = "_reader"  # what a contact's own fields can't be called
HIDDEN_STYLE = "display:none!important"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses that stand in a mail: of each numbered link, of the counting picture, and of the link that nobody
    can see (who follows it is a program)."""

    links: Sequence[str]
    picture: str
    hidden: str


def same_for_all(key: bytes, issue: int, count: int, track_url: str) -> Addresses:
    """Nothing in them tells one reader from another."""
    opened = open_token(key, issue)
    return Addresses(
        [f"{track_url}/t/c/{click_token(key, issue, link)}" for link in range(count)],
        f"{track_url}/t/o/{opened}.gif",
        f"{track_url}/t/h/{opened}",
    )


def of_reader(count: int, track_url: str) -> Addresses:
    """For a reader who may be measured; Liquid that puts their token in."""
    mark = f"{{{{ contact.{READER_FIELD} }}}}"
    return Addresses(
        [f"{track_url}/t/c/{mark}.{link}" for link in range(count)],
        f"{track_url}/t/o/{mark}.gif",
        f"{track_url}/t/h/{mark}",
    )
