"""How large an audience is said to be, so that nobody can be found in it by difference. No Django.

The noise hangs on who is in the audience: asked again it is the same, so it can't be averaged away, and with one
person more or less it is drawn anew, so the difference between two answers isn't that person."""

import hmac
import math
from collections.abc import Collection

SMALLEST = 5  # visitors, whatever the noise says
SHOWN_FROM = 10  # with the noise: who makes four into five is seen in one of 200 cases
EPSILON = 1.0


def told(visitors: Collection[str], *, about: str, key: bytes) -> int | None:
    """The number of visitors with noise; None for an audience too small to speak of."""
    found = len(visitors) + _noise(sorted(visitors), about, key)
    return found if len(visitors) >= SMALLEST and found >= SHOWN_FROM else None


def _noise(visitors: Collection[str], about: str, key: bytes) -> int:
    """The two-sided geometric distribution: what one person changes is hidden by a factor of e to the epsilon."""
    seed = hmac.digest(key, "\0".join([about, *visitors]).encode(), "sha256")
    return _geometric(seed[:8]) - _geometric(seed[8:16])


def _geometric(seed: bytes) -> int:
    even = (int.from_bytes(seed) + 1) / 2**64  # above 0, at most 1
    return int(-math.log(even) / EPSILON)
