"""How much an account uses, said by the rooms: a registry filled from AppConfig.ready."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from mailexpert.core.amounts import number, size


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`count` runs inside the account. `unit` stands after the number; "bytes" are written as kB and MB."""

    key: str
    label: str | Promise
    order: int
    count: Callable[[], int]
    unit: str | Promise = ""

    def written(self, n: int) -> str:
        """So many of it, as people write that."""
        return size(n) if self.unit == "bytes" else number(n)


@dataclass(frozen=True, kw_only=True)
class Reading:
    measure: Measure
    used: int


_measures: dict[str, Measure] = {}


def register(measure: Measure) -> None:
    _measures[measure.key] = measure


def measures() -> list[Measure]:
    return sorted(_measures.values(), key=lambda measure: measure.order)


def named(key: str) -> Measure | None:
    return _measures.get(key)


def read() -> list[Reading]:
    """What the active account uses now."""
    return [Reading(measure=measure, used=measure.count()) for measure in measures()]
