"""What was made of values, kept because many people share a first name and a town."""

import datetime as dt
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

MOST_REMEMBERED = 20_000  # a column of random codes must not fill the memory
LONGEST_REMEMBERED = 200  # characters
THE_CLOCK = frozenset(("now", "today"))  # what Liquid's `date` makes of these is another thing each time
TEXTS = frozenset((str, type(None)))
SCALARS = (int, float, bool, dt.date, dt.datetime)


Made = TypeVar("Made")


class Memory(Generic[Made]):
    """`make` turns a value, or a row of them, into bytes or into what is decided about it. Strings and None are found
    at once; others together with their type, because 1, True and 1.0 are one key to a dict."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make
        self._known: dict[Any, Made] = {}

    def column(self, values: Sequence[Any]) -> list[Made]:
        """What is made of each value."""
        known = self._known
        if len(known) > MOST_REMEMBERED:
            known.clear()
        try:
            missing = set(values).difference(known)
        except TypeError:  # a value that can't be a key
            return [self._make(value) for value in values]
        if _are_texts(missing):
            known.update(zip(missing, map(self._make, missing), strict=True))
            return list(map(known.__getitem__, values))
        if sum(map(self._learn, missing)) == len(missing):
            return list(map(known.__getitem__, values))
        return [self._one(value) for value in values]

    def _learn(self, value: Any) -> bool:
        if not _is_text(value):
            return False
        self._known[value] = self._make(value)
        return True

    def _one(self, value: Any) -> Made:
        if _is_text(value):
            return self._known[value]
        key = tuple((type(part), part) for part in value) if type(value) is tuple else (type(value), value)
        if not _is_scalar(value):
            return self._make(value)
        if key not in self._known:
            self._known[key] = self._make(value)
        return self._known[key]


def _are_texts(values: AbstractSet[Any]) -> bool:
    """Of many at once, where none is a row."""
    return (
        TEXTS.issuperset(map(type, values))
        and THE_CLOCK.isdisjoint(values)
        and max(map(len, filter(None, values)), default=0) < LONGEST_REMEMBERED
    )


def _is_text(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_text, value))
    return value is None or (
        type(value) is str and len(value) < LONGEST_REMEMBERED and value not in THE_CLOCK
    )


def _is_scalar(value: Any) -> bool:
    if type(value) is tuple:
        return all(map(_is_scalar, value))
    return _is_text(value) or type(value) in SCALARS
