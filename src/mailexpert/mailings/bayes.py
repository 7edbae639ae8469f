"""What the clicks of a test say about its versions: for each, the probability that it is the best, and what choosing it
is expected to cost. Pure, exact to six digits, the same each time.

Each version's share of readers who click has a Beta posterior over a flat prior. The integrals over all versions are
one-dimensional (the best of them is at most x when each is), so a grid does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp, inf, lgamma, log, sqrt

POINTS = 600  # of each version's own part of the grid
WIDTHS = 9.0  # standard deviations to each side that it covers


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Of one version: how many got it, and how many of them did what was asked; it may be a part of one."""

    people: float
    successes: float


@dataclass(frozen=True, kw_only=True)
class Belief:
    """`mean`: the share expected. `best`: the probability that this version is the best. `loss`: how much share one
    gives away on average by choosing it; 0 when it can't be beaten."""

    mean: float
    best: float
    loss: float


@dataclass(frozen=True)
class _Beta:
    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def deviation(self) -> float:
        whole = self.a + self.b
        return sqrt(self.a * self.b / (whole * whole * (whole + 1)))

    def density(self, x: float) -> float:
        scale = lgamma(self.a + self.b) - lgamma(self.a) - lgamma(self.b)
        return exp(scale + _power(self.a - 1, x) + _power(self.b - 1, 1 - x))


def _power(exponent: float, of: float) -> float:
    """The logarithm of a power; of 0 to the 0 too."""
    if exponent == 0:
        return 0.0
    return exponent * log(of) if of > 0 else -inf


def believe(seen: Sequence[Seen]) -> list[Belief]:
    """What there is to believe of each version, in their order."""
    betas = [_posterior(one) for one in seen]
    xs = _grid(betas)
    densities = [[beta.density(x) for x in xs] for beta in betas]
    below = [_cumulated(xs, density) for density in densities]
    all_below = [_product(column) for column in zip(*below, strict=True)]
    highest = xs[-1] - _integral(xs, all_below)  # the expected share of whichever is the best
    chances = [_chance(xs, below, place) for place in range(len(betas))]
    whole = sum(chances)
    return [
        Belief(mean=beta.mean, best=chance / whole, loss=max(0.0, highest - beta.mean))
        for beta, chance in zip(betas, chances, strict=True)
    ]


def _posterior(seen: Seen) -> _Beta:
    people = max(seen.people, 0.0)
    successes = min(max(seen.successes, 0.0), people)
    return _Beta(1 + successes, 1 + people - successes)


def _grid(betas: Sequence[_Beta]) -> list[float]:
    """Fine around each version, however much narrower one is than another."""
    xs: set[float] = set()
    for beta in betas:
        low = max(0.0, beta.mean - WIDTHS * beta.deviation)
        high = min(1.0, beta.mean + WIDTHS * beta.deviation)
        xs.update(low + (high - low) * n / POINTS for n in range(POINTS + 1))
    return sorted(xs)


def _cumulated(xs: Sequence[float], density: Sequence[float]) -> list[float]:
    """The probability of each x or less; what the steps of the grid lose is made up."""
    steps = (
        (x1 - x0) * (y0 + y1) / 2 for (x0, x1), (y0, y1) in zip(pairwise(xs), pairwise(density), strict=True)
    )
    sums = list(accumulate(steps, initial=0.0))
    return [each / sums[-1] for each in sums]


def _chance(xs: Sequence[float], below: Sequence[Sequence[float]], place: int) -> float:
    """That this version is above all others: over each step of its own, that the others are below the step's middle."""
    others = [column for n, column in enumerate(below) if n != place]
    under = [_product(column) for column in zip(*others, strict=True)] if others else [1.0] * len(xs)
    own = below[place]
    return sum(
        (own1 - own0) * (under0 + under1) / 2
        for (own0, own1), (under0, under1) in zip(pairwise(own), pairwise(under), strict=True)
    )


def _integral(xs: Sequence[float], ys: Sequence[float]) -> float:
    return sum(
        (x1 - x0) * (y0 + y1) / 2 for (x0, x1), (y0, y1) in zip(pairwise(xs), pairwise(ys), strict=True)
    )


def _product(values: Sequence[float]) -> float:
    found = 1.0
    for value in values:
        found *= value
    return found
