"""Amounts as people write them, in the language of the page."""

import math
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import get_format
from django.utils.translation import get_language, ngettext

Number = int | float | Decimal
NBSP = "\u00a0"


def number(value: Number, digits: int = 0) -> str:
    """4812 → 4.812 in Dutch, 4,812 in English. Not by Django's number_format: it cuts off what doesn't fit, and
    takes twice as long for the hundreds of numbers of a page."""
    whole = isinstance(value, int)
    exact = f"{value:,}" if whole and not digits else f"{Decimal(value) if whole else value:z,.{digits}f}"
    return exact.translate(_signs(get_language()))


@lru_cache
def _signs(language: str | None) -> dict[int, str]:
    return {
        ord(","): get_format("THOUSAND_SEPARATOR", language),
        ord("."): get_format("DECIMAL_SEPARATOR", language),
    }


def is_dutch() -> bool:
    return (get_language() or "nl").startswith("nl")


def percent(part: Number, whole: Number, digits: int = 1) -> str:
    """304 of 9812 → 3,1 %; never 100 while one is missing, never 0 while there is one."""
    share = 100 * float(part) / float(whole) if whole else 0.0
    step = 10.0**-digits
    if 0 < share < step:
        share = step
    elif share < 100 <= round(share, digits):
        share = 100 - step
    return number(share, digits) + (f"{NBSP}%" if is_dutch() else "%")


def size(octets: int) -> str:
    """46 kB; thousands, as on every label."""
    if octets < 1000:
        return ngettext("%(n)s byte", "%(n)s bytes", octets) % {"n": octets}
    power = min(int(math.log10(octets) // 3), 4)
    value = octets / 1000**power
    return f"{number(value, 0 if value >= 10 else 1)}{NBSP}{('', 'kB', 'MB', 'GB', 'TB')[power]}"
