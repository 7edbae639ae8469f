"""The tokens that this engine holds: leave to send under limits that it shares with all others. They come from meters
in the database, a second's worth at a time, in one transaction for all lanes."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from mailexpert.delivery import pace
from mailexpert.delivery.pace import Level, Limit

KEEP_SECONDS = 5.0  # tokens that nobody asked for so long are given back

Decide = Callable[[Mapping[str, Level], float], Mapping[str, Level]]


class Meters(Protocol):
    async def turn_meters(self, keys: Sequence[str], decide: Decide) -> None:
        """Lock these meters, hand `decide` how they stand and the database's clock, store what it returns."""
        ...


class Purse:
    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._limits: dict[str, Limit] = {}
        self._asked: dict[str, float] = {}
        self._tokens: dict[str, int] = {}
        self._levels: dict[str, Level] = {}
        self._deferred: dict[str, float] = {}
        self._unasked: set[str] = set()

    def room(self, terms: Mapping[str, Limit]) -> int:
        """How many messages may go under all these limits now."""
        now = time.monotonic()
        room = pace.LARGEST
        for key, limit in terms.items():
            level = self._levels.get(key)
            if limit.is_none and (level is None or (not level.step and not level.rests_until)):
                continue
            self._limits[key], self._asked[key] = limit, now
            room = min(room, self._tokens.get(key, 0))
        return max(0, room)

    def short_of(self, terms: Mapping[str, Limit]) -> str:
        """The meter that allows nothing now, if one does."""
        return next((key for key in terms if key in self._asked and self._tokens.get(key, 0) <= 0), "")

    def why(self, terms: Mapping[str, Limit]) -> str:
        """What there is to say of that."""
        short = self.short_of(terms)
        return pace.reason(terms[short], self._levels.get(short, Level())) if short else ""

    def spend(self, terms: Iterable[str], count: int) -> None:
        for key in terms:
            if key in self._asked:
                self._tokens[key] = self._tokens.get(key, 0) - count

    def deferred(self, key: str, rest: float) -> None:
        """A provider deferred and blames us: nothing more from here until the next turn of the meters, with which all
        engines learn of it."""
        level = self._levels.get(key, Level())
        self._levels[key], self._tokens[key] = level._replace(step=max(1, level.step)), 0
        self._deferred[key] = max(rest, self._deferred.get(key, 0.0))

    async def fill(self, watched: Iterable[str]) -> bool:
        """Turn the meters once: those that limit something here, and those of the lanes that are at work. Whether
        there is leave to send that there wasn't."""
        late = time.monotonic() - KEEP_SECONDS
        self._unasked = {key for key, asked in self._asked.items() if asked < late}
        keys = sorted({*self._asked, *self._deferred, *watched})
        if not keys:
            return False
        before = sum(self._tokens.values())
        await self._meters.turn_meters(keys, self._decide)
        for key in self._unasked:
            del self._asked[key]
            self._limits.pop(key, None)
            self._tokens.pop(key, None)
        return sum(self._tokens.values()) > before

    async def empty(self) -> None:
        """Give back what is left."""
        self._asked = dict.fromkeys(self._asked, 0.0)
        await self.fill(())

    def _decide(self, stand: Mapping[str, Level], now: float) -> Mapping[str, Level]:
        changed: dict[str, Level] = {}
        for key, level in stand.items():
            found = pace.recovered(level, now)
            if key in self._deferred:
                found = pace.after_deferral(found, now, self._deferred.pop(key))
                self._tokens[key] = 0
            found = self._take(key, found, now)
            self._levels[key] = found._replace(
                rests_until=found.rests_until if found.rests_until > now else 0.0
            )
            if found != level:
                changed[key] = found
        return changed

    def _take(self, key: str, level: Level, now: float) -> Level:
        held = self._tokens.get(key, 0)
        if key in self._unasked:
            return pace.give_back(level, held, now)
        if key not in self._asked:
            return level
        limit = pace.narrowed(self._limits[key], level)
        if limit.is_none:
            self._tokens[key] = pace.LARGEST * 2
            return level
        given, level = pace.grant(limit, level, pace.wanted(limit, held), now)
        self._tokens[key] = min(held, pace.wanted(limit, 0)) + given
        return level
