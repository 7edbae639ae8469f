"""Whose turn it is: one window of each issue after another, so that a large mailing never holds up a small
one."""

from collections import deque
from collections.abc import Iterator

from mailexpert.delivery.ports import Shard

MOST_OPEN = 2  # windows of a shard on their way at once; a third is never marked before the first is settled
STALLED = 3.0  # seconds in which a shard opened no window because others wait for stragglers


class Round:
    """The shards we hold, in the order of their turns."""

    def __init__(self) -> None:
        self._shards: deque[Shard] = deque()

    def __iter__(self) -> Iterator[Shard]:
        return iter(self._shards)

    def __len__(self) -> int:
        return len(self._shards)

    def has_turns(self) -> bool:
        return any(shard.left for shard in self._shards)

    def add(self, shard: Shard) -> None:
        """A new shard comes first: its issue had no turn yet in this round."""
        self._shards.appendleft(shard)

    def drop(self, shard: Shard) -> None:
        if shard in self._shards:
            self._shards.remove(shard)

    def next(self, now: float) -> Shard | None:
        """The first shard that may open a window; it goes to the end of the round."""
        for shard in self._shards:
            if shard.left and shard.unsettled < MOST_OPEN and shard.rests_until <= now:
                shard.last_turn = now
                self._shards.remove(shard)
                self._shards.append(shard)
                return shard
        return None

    def supplied_issues(self, now: float) -> list[int]:
        """Issues that need no further shard now; one whose shard stalls may have another."""
        return [
            shard.issue_id
            for shard in self._shards
            if shard.left and (shard.unsettled < MOST_OPEN or now - shard.last_turn < STALLED)
        ]
