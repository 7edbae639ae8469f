"""The mark that a click carries on to an account's own site, so that an order there can be counted for the mailing.

It says issue, link and day, and is the same for everyone who clicks that link that day. Only in a mail to somebody who
agreed to be measured does it name a person as well. It is sealed: the site, and others that look along on it, can
neither read nor make one, nor see by it that two clicks were the same person's on different days or links."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

PARAMETER = "mex"
MAC, ID = 10, 6  # bytes
LENGTHS = (ID + 4, 2 * ID + 4)
LONGEST = 48
LAST_DAY = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Mark:
    """`day`: days since 1970, UTC, on which the link was clicked. `contact`: 0 is nobody."""

    issue: int
    link: int
    day: int
    contact: int = 0


def seal(key: bytes, mark: Mark) -> str:
    """The mark as it stands in an address: 27 signs, or 35 with a person."""
    told = mark.issue.to_bytes(ID, "big") + mark.link.to_bytes(2, "big") + mark.day.to_bytes(2, "big")
    if mark.contact:
        told += mark.contact.to_bytes(ID, "big")
    mac = _mac(key, told)
    return _coded(mac + _veiled(key, mac, told))


def read(key: bytes, token: str) -> Mark | None:
    """What a mark says; None when it isn't ours. Never raises."""
    if not token.isascii() or len(token) > LONGEST:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    mac, body = raw[:MAC], raw[MAC:]
    told = _veiled(key, mac, body) if len(body) in LENGTHS else b""
    if not told or not hmac.compare_digest(_mac(key, told), mac) or _coded(raw) != token:
        return None
    numbers = told[:ID], told[ID : ID + 2], told[ID + 2 : ID + 4], told[ID + 4 :]
    return Mark(*(int.from_bytes(one, "big") for one in numbers))


def put_on(target: str, token: str) -> str:
    """An address with the mark; one that carries a mark already is left alone."""
    parts = urlsplit(target)
    if any(name == PARAMETER for name, _value in parse_qsl(parts.query, keep_blank_values=True)):
        return target
    query = f"{parts.query}&{PARAMETER}={token}" if parts.query else f"{PARAMETER}={token}"
    return urlunsplit(parts._replace(query=query))


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(key: bytes, told: bytes) -> bytes:
    return hashlib.blake2b(told, key=key, digest_size=MAC, person=b"mark").digest()


def _veiled(key: bytes, mac: bytes, text: bytes) -> bytes:
    """There and back: the text under a stream that hangs on its own hash, so that equal marks look equal and no two
    different ones share a stream."""
    stream = hashlib.blake2b(mac, key=key, digest_size=len(text), person=b"veil").digest()
    return bytes(a ^ b for a, b in zip(text, stream, strict=True))
