"""How many messages of this process may be unsettled: the bound of what a crash can leave in doubt."""

from collections.abc import Callable


class Budget:
    """Lanes that find no room wait in a row; whoever waits longest is next, so that many small windows never keep a
    large one out."""

    def __init__(self, most: int) -> None:
        self.left = most
        self._most = most
        self._row: dict[Callable[[], None], None] = {}

    def has_room(self, count: int, room_came_free: Callable[[], None]) -> bool:
        """Whether so many may be marked now. Whoever is told no is called as soon as there is more room."""
        first = next(iter(self._row), room_came_free)
        if self.left >= min(count, self._most) and first == room_came_free:
            self._row.pop(room_came_free, None)
            return True
        self._row.setdefault(room_came_free)
        return False

    def pass_by(self, room_came_free: Callable[[], None]) -> None:
        """Want no room for now; the next in the row may have it."""
        self._row.pop(room_came_free, None)
        self._call_next()

    def take(self, count: int) -> None:
        self.left -= count

    def give_back(self, count: int) -> None:
        self.left += count
        self._call_next()

    def _call_next(self) -> None:
        first = next(iter(self._row), None)
        if first is not None:
            first()
