"""Amounts as people write them, in the language of the page."""

import math
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import ngettext

Number = int | float | Decimal
NBSP = "\u00a0"


def number(value: Number, digits: int = 0) -> str:
    """4812 → 4.812 in Dutch, 4,812 in English."""
    # Rounded here: Django cuts off what doesn't fit.
    rounded = value if isinstance(value, int) else Decimal(f"{value:.{digits}f}")
    return number_format(rounded, digits, force_grouping=True)


def size(octets: int) -> str:
    """46 kB; thousands, as on every label."""
    if octets < 1000:
        return ngettext("%(n)s byte", "%(n)s bytes", octets) % {"n": octets}
    power = min(int(math.log10(octets) // 3), 4)
    value = octets / 1000**power
    return f"{number(value, 0 if value >= 10 else 1)}{NBSP}{('', 'kB', 'MB', 'GB', 'TB')[power]}"
