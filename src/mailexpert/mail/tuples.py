"""Named tuples built outright: their own constructor is Python, and costs more than what it makes."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

Named = TypeVar("Named", bound=tuple[Any, ...])


def outright(kind: type[Named]) -> Callable[[Iterable[Any]], Named]:
    """Makes one of its values, which have to be as many as it has fields."""
    return partial(tuple.__new__, kind)
