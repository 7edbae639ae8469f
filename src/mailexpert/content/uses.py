"""Where a picture is shown, said by the rooms: a registry filled from AppConfig.ready, since mailings lie above."""

from collections.abc import Callable

_counts: list[Callable[[str], int]] = []


def register(count: Callable[[str], int]) -> None:
    """`count` tells, inside the account, how many sources hold this piece of text."""
    _counts.append(count)


def of(token: str) -> int:
    """How many templates and mailings show the picture with this token."""
    return sum(count(token) for count in _counts)
