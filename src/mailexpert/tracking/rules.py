"""Decisions about measuring, on values alone."""

from datetime import datetime
from typing import NamedTuple

MODES = ("none", "aggregate", "last_active", "individual")
NEEDS_ASSESSMENT = frozenset(("last_active", "individual"))  # they follow persons: GDPR article 35


class Hour(NamedTuple):
    """What people did in an hour, or in the five minutes that begin at that moment. A tuple, since a report has
    thousands of them."""

    at: datetime
    clicks: int
    opens: int = 0


def at_most(wanted: str, highest: str) -> str:
    return min(wanted, highest, key=MODES.index)


def modes_up_to(highest: str) -> list[str]:
    return list(MODES[: MODES.index(highest) + 1])
