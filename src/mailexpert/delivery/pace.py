"""How many turns to mark at once. A window holds at most a second of its relay's pace, so that a pause, a
cancelled mailing or an unsubscribe acts within a second on slow relays too. Decisions on values alone."""

from collections.abc import Callable
from dataclasses import dataclass

LARGEST = 250
FIRST = 25
SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Turns a second, as seen on the last windows; none seen yet is a careful start."""

    per_second: float = FIRST / SECONDS

    @property
    def window(self) -> int:
        return max(1, min(LARGEST, round(self.per_second * SECONDS)))

    def after(self, taken: int, seconds: float) -> "Pace":
        """The pace once `taken` turns took `seconds`: falls at once, rises at most fourfold a window."""
        if taken <= 0:
            return self
        seen = taken / max(seconds, 1e-3)
        return Pace(per_second=max(0.5, min(seen, self.per_second * 4)))


class Budget:
    """At most so many unsettled turns in this process: the bound of what a crash can leave in doubt."""

    def __init__(self, most: int) -> None:
        self.left = most
        self._watchers: set[Callable[[], None]] = set()

    def watch(self, room_came_free: Callable[[], None]) -> None:
        self._watchers.add(room_came_free)

    def unwatch(self, room_came_free: Callable[[], None]) -> None:
        self._watchers.discard(room_came_free)

    def take(self, count: int) -> None:
        self.left -= count

    def give_back(self, count: int) -> None:
        self.left += count
        for room_came_free in self._watchers:
            room_came_free()
