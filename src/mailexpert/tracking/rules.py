"""Decisions about measuring, on values alone."""

MODES = ("none", "aggregate", "last_active", "individual")
NEEDS_ASSESSMENT = frozenset(("last_active", "individual"))  # they follow persons: GDPR article 35


def at_most(wanted: str, highest: str) -> str:
    return min(wanted, highest, key=MODES.index)


def modes_up_to(highest: str) -> list[str]:
    return list(MODES[: MODES.index(highest) + 1])
