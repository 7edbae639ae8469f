"""Decisions about sign-ups. No Django."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

PAUSE = timedelta(hours=24)  # between two confirmation mails to one address, over all accounts
VALID = timedelta(days=7)  # of the link in it
KEPT = timedelta(days=14)  # of a sign-up that nobody confirmed
STEP_VALID = timedelta(hours=1)  # of the extra step without a script
STEP_SECONDS = 3  # nobody reads it faster
WORK_BITS = 16  # some 65,000 hashes: a fifth of a second for a visitor, an hour for 18,000 sign-ups of a bot
WORK_VALID = timedelta(hours=4)  # somebody may leave the page open
LONGEST_NONCE = 20
WINDOW = timedelta(minutes=10)
# In one window. A school or an office behind one address signs up together at times.
MOST_OF_NETWORK = 30
MOST_OF_NETWORK_WITHOUT_WORK = 8
MOST_OF_FORM_WITHOUT_WORK = 200
MOST_BY_API = 3_000
COLOUR = re.compile(r"#[0-9a-f]{6}").fullmatch
INK, WHITE = "#14213d", "#ffffff"
READABLE = 4.5  # contrast, WCAG 1.4.3
MONTHS = (None, 12, 24, 60)
TRAP = "website"  # a field that people don't see


def network(ip: str) -> str:
    """An address without the part that points at one household: /24, or /48 of IPv6."""
    try:
        found = ip_address(ip)
    except ValueError:
        return ""
    return str(ip_network(f"{found}/{24 if isinstance(found, IPv4Address) else 48}", strict=False))


def source(ip: str) -> str:
    """By what a visitor's pace is counted: the whole IPv4 address, a household's /64 of IPv6."""
    try:
        found = ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(ip_network(f"{found}/64", strict=False))
    return str(found)


def has_worked(challenge: str, email: str, nonce: str) -> bool:
    """Whether the hash over challenge, address and nonce begins with enough zero bits."""
    if not nonce or len(nonce) > LONGEST_NONCE or not nonce.isascii():
        return False
    digest = hashlib.sha256(f"{challenge}:{email.strip().lower()}:{nonce}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - WORK_BITS) == 0


def may_enter(*, of_network: int, of_form: int, has_worked: bool) -> bool:
    """By how many came within this window, this one counted too."""
    if has_worked:
        return of_network <= MOST_OF_NETWORK
    return of_network <= MOST_OF_NETWORK_WITHOUT_WORK and of_form <= MOST_OF_FORM_WITHOUT_WORK


def may_follow(tries: int) -> bool:
    """Whether a sign-up that came too soon after a mail may have one a day later: the second one of a busy person, not
    the third of an attack."""
    return tries <= 1


def until(day: date, months: int) -> date:
    """So many months later; the last day of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    first_of_next = date(day.year + year + month // 11, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(day.year + year, month + 1, min(day.day, last))


def on(colour: str) -> str:
    """Black or white, whichever is read best on a colour."""
    return max((WHITE, INK), key=lambda words: contrast(colour, words))


def words(colour: str) -> str:
    """A colour as words on white, ink where it is too pale for that."""
    return colour if contrast(colour, WHITE) >= READABLE else INK


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def origin(url: str) -> str:
    """Scheme and host of a page, never its path: that may say something about a person."""
    parts = _split(url)
    return f"{parts[0]}://{parts[1]}" if parts else ""


def leads_to(url: str, hosts: Iterable[str]) -> bool:
    """Whether an https address lies on one of these hosts or below it."""
    parts = _split(url)
    if parts is None or parts[0] != "https":
        return False
    return any(parts[1] == host or parts[1].endswith(f".{host}") for host in hosts)


def _split(url: str) -> tuple[str, str] | None:
    if len(url) > 2_000 or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        return None
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or not host.isascii():
        return None
    return parts.scheme, host if port is None else f"{host}:{port}"


def is_over(at: datetime, now: datetime) -> bool:
    return now - at > VALID
