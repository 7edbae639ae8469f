"""What counts as a goal of an account, and how its amounts are read. Pure; what comes in may be anything."""

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from mailexpert.base import keys

MOST_STARS = 5
LONGEST_PATTERN, LONGEST_PATH = 300, 300
MOST = 1_000_000_00  # hundredths: what a page may say that an order was worth
MOST_BY_PROGRAM = 100_000_000_00  # and what the account's own program may say
LONGEST_AMOUNT, LONGEST_ORDER = 20, 100
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,49}")
CURRENCY = re.compile(r"[A-Z]{3}")
PATTERN = re.compile(r"/[^\s?#\x00-\x1f]*")


def matches(pattern: str, path: str) -> bool:
    """Whether a page is meant: `*` stands for anything, a slash at the end for nothing. Each piece is looked for once,
    to the right, so that no pattern makes it slow."""
    first, *rest = pattern.rstrip("/").split("*")
    path = path.rstrip("/")
    if not rest:
        return path == first
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at


def is_pattern(text: str) -> bool:
    return len(text) <= LONGEST_PATTERN and text.count("*") <= MOST_STARS and bool(PATTERN.fullmatch(text))


def name(text: object) -> str:
    """The name that a page calls; empty for what is none."""
    said = text.strip().lower() if isinstance(text, str) and len(text) <= 60 else ""
    return said if NAME.fullmatch(said) else ""


def amount(value: object, most: int = MOST) -> int | None:
    """An amount in hundredths; None for what is no amount, below nothing, or absurd."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    text = str(value).strip()
    if len(text) > LONGEST_AMOUNT or not text.isascii():
        return None
    try:
        read = Decimal(text)
        if not read.is_finite() or read < 0 or read > most:
            return None
        found = int((read * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError):
        return None
    return found if found <= most else None


def currency(text: object) -> str:
    """Three letters (ISO 4217); empty for what is none."""
    said = text.strip().upper() if isinstance(text, str) and len(text) <= 10 else ""
    return said if CURRENCY.fullmatch(said) else ""


def order_key(account: int, number: str) -> str:
    """What stands for a shop's number of an order: the same each time it is told, and nothing that anybody could look
    up in the shop."""
    return keys.keyed_hash(f"{account}:{number}", "order").hex()
