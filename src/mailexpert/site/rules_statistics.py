"""Figures for partners: which groups are large enough to speak of, and noise that hides every single account.
No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SMALLEST = 20  # accounts in a group
LARGEST_SHARE = 0.25  # of the group's sum, for its largest account
BUDGET = 1.0  # epsilon a quarter, over all releases together
COST = 0.25  # epsilon of one release
CLAMP = 200_000  # one account counts at most so many


class NotInstalled(Exception):
    """OpenDP isn't installed: `pip install mailexpert[statistics]`. Without it no figure is made."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    name: str
    group: int
    value: int


def quarter(now: datetime) -> str:
    return f"{now.year}-Q{(now.month - 1) // 3 + 1}"


def is_large_enough(values: Sequence[int]) -> bool:
    """At least 20 accounts, none of which makes up more than a quarter of the whole."""
    clamped = [min(value, CLAMP) for value in values]
    whole = sum(clamped)
    return len(clamped) >= SMALLEST and whole > 0 and max(clamped) <= LARGEST_SHARE * whole


def cells(groups: Mapping[str, Sequence[int]], *, epsilon: float = COST) -> list[Cell]:
    """A noisy sum for each group that is large enough; the others are left out without a word. One account stands in
    one group, so the groups together cost one epsilon. How large a group is isn't told: a size that grew by one
    would show that someone came."""
    return [
        Cell(name=name, group=SMALLEST, value=max(0, noisy_sum(values, epsilon=epsilon)))
        for name, values in sorted(groups.items())
        if is_large_enough(values)
    ]


def noisy_sum(values: Sequence[int], *, epsilon: float) -> int:
    """The sum of what the accounts did, each clamped, with discrete Laplace noise: the unit of privacy is an account
    that is there or not."""
    bound = clamp_for(values)
    return int(_release(bound, epsilon)([min(max(value, 0), bound) for value in values]))


def clamp_for(values: Sequence[int]) -> int:
    """A power of ten from the number of accounts alone: a bound taken from the values would give them away."""
    return CLAMP if len(values) >= 1000 else CLAMP // 10 if len(values) >= 100 else CLAMP // 100


def _release(bound: int, epsilon: float) -> Any:
    try:
        import opendp.prelude as dp
    except ImportError as problem:
        raise NotInstalled(NotInstalled.__doc__) from problem
    dp.enable_features("contrib")
    then: Any = dp.t
    space = dp.vector_domain(dp.atom_domain(T=int, bounds=(0, bound))), dp.symmetric_distance()
    summed = space >> then.then_sum()
    return summed >> dp.m.then_laplace(scale=bound / epsilon)
