"""How lanes share a relay's connections, so that a provider whose answers are slow holds up only its own letters."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from mailexpert.delivery.ports import Take
from mailexpert.delivery.window import Letter, Window

LOOK_SECONDS = 1.0


class Shared(Protocol):
    """What a way needs of the wire that it runs over."""

    @property
    def stands(self) -> asyncio.Event: ...

    trouble: str
    takes_utf8: bool
    most_of_one: int  # connections that one way may have

    def has_letters(self, way: "Way") -> None: ...
    def leave(self, way: "Way") -> bool: ...
    async def close(self, seconds: float) -> None: ...


class Way:
    """One lane's part of a wire: its windows, and how many connections serve it now."""

    def __init__(self, wire: Shared, take: Take, emptied: Callable[[], None]) -> None:
        self._wire, self._take, self._emptied = wire, take, emptied
        self._part = take.connections
        self.per_connection = take.per_connection or math.inf
        self._windows: deque[Window] = deque()
        self._taken: set[Window] = set()  # no letter left to take, not all answered
        self.serving = 0

    def allow(self, part: Callable[[int], int]) -> None:
        """Other engines have the rest of what the provider takes."""
        self._part = part(self._take.connections)

    @property
    def most(self) -> int:
        return min(self._part, self._wire.most_of_one)

    @property
    def trouble(self) -> str:
        return self._wire.trouble

    @property
    def takes_utf8(self) -> bool:
        return self._wire.takes_utf8

    async def ready(self) -> bool:
        """Wait up to a second for a connection that takes letters; none of them may be ours."""
        if not self._part:
            return False
        if not self._wire.stands.is_set():
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wire.stands.wait()
            except TimeoutError:
                return False
        return True

    @property
    def waiting_windows(self) -> int:
        """Windows with letters that no connection has taken."""
        return len(self._windows)

    def submit(self, window: Window) -> None:
        self._taken = {other for other in self._taken if other.left}
        self._windows.append(window)
        self._wire.has_letters(self)

    def take(self) -> Letter | None:
        windows = self._windows
        while windows:
            letter = windows[0].take()
            if letter is not None:
                return letter
            self._taken.add(windows.popleft())
            self._emptied()
        return None

    def takes_back(self, window: Window) -> bool:
        """Whether this is a window of ours that has a letter again."""
        if window in self._taken and window.backlog:
            self._taken.discard(window)
            self._windows.appendleft(window)
        return window in self._windows

    async def close(self, seconds: float) -> None:
        """The last one to leave closes the wire, and has the answers of all others with it."""
        if self._wire.leave(self):
            await self._wire.close(seconds)


def next_way(busy: Sequence[Way], current: Way | None) -> Way | None:
    """Whose letter a connection takes next: it stays where it is, until a way has none or far fewer connections."""
    if current is not None and len(busy) == 1 and busy[0] is current:
        return current
    others = [way for way in busy if way is not current and way.serving < way.most]
    best = min(others, key=lambda way: way.serving, default=None)
    if current is None or current not in busy or current.serving > current.most:
        return best
    if best is not None and (not best.serving or best.serving + 1 < current.serving):
        return best
    return current


__all__ = ["Way", "next_way"]
