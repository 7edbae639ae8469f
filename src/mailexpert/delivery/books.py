"""The books of one lane: the windows on their way, and each written down once it is known what came of it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

import structlog

from mailexpert.delivery import verdict, watching
from mailexpert.delivery.budget import Budget
from mailexpert.delivery.pace import Pace
from mailexpert.delivery.ports import Outbox, Settlement, Shard
from mailexpert.delivery.window import Window

LATE_SECONDS = 600.0  # settled later than this, a person may have ordered a new attempt meanwhile
STRAGGLER_SECONDS = 1.0  # what is known of a window that takes longer is written down before its end
LONGEST_SECONDS = (
    5.0  # what nobody took of a window by then is given back: the pace has fallen since it was opened
)

log = structlog.get_logger()


class Books:
    """Settles one window after the other, so that the last one of a shard is the one that closes it."""

    def __init__(
        self,
        outbox: Outbox,
        budget: Budget,
        *,
        is_cancelled: Callable[[int], bool],
        has_to_wait: Callable[[int, str], None],
        is_deferred: Callable[[Window, Sequence[bytes]], None],
        settled: Callable[[Window], None],
        provider: str = "",
    ) -> None:
        self._provider = provider
        self._outbox, self._budget = outbox, budget
        self._is_cancelled, self._has_to_wait, self._settled = is_cancelled, has_to_wait, settled
        self._is_deferred = is_deferred
        self._windows: set[Window] = set()
        self._done: asyncio.Queue[Window] = asyncio.Queue()
        self.pace = Pace()

    def __len__(self) -> int:
        return len(self._windows)

    def open(self, window: Window) -> None:
        self._windows.add(window)
        if window.shard is not None:
            window.shard.unsettled += 1
        if not window.left:
            self.done(window)

    def done(self, window: Window) -> None:
        self._done.put_nowait(window)

    def of(self, issues: Iterable[int]) -> list[Window]:
        wanted = set(issues)
        return [window for window in self._windows if window.issue.id in wanted]

    def stop_all(self) -> None:
        for window in list(self._windows):
            window.stop()

    def write_stragglers(self) -> None:
        """Write down what is known of windows that wait long for their last answers."""
        now = time.monotonic()
        for window in list(self._windows):
            if window.backlog and window.ready < now - LONGEST_SECONDS:
                window.stop()
            elif window.left and window.opened < now - STRAGGLER_SECONDS:
                self.done(window)

    async def keep(self) -> None:
        while True:
            window = await self._done.get()
            if window in self._windows:
                await self._write(window)

    async def all_written(self) -> None:
        while self._windows:
            await asyncio.sleep(0.01)

    async def _write(self, window: Window) -> None:
        found = window.harvest()
        is_last = not window.left
        if not is_last and not found.size:
            return
        window.passed = window.passed or bool(found.delivered)
        judged = verdict.judge(
            window.turns,
            found,
            cancelled=self._is_cancelled(window.issue.id),
            nothing_passed=is_last and not window.passed,
        )
        watching.judged(self._provider, judged)
        closes = _closed_by(window) if is_last else None
        if found.size or closes:
            await self._settle(window, judged, closes)
        self._budget.give_back(found.size)
        if judged.reason:
            self._has_to_wait(window.issue.id, judged.reason)
        if judged.spared:
            self._is_deferred(window, judged.spared)
        if is_last:
            self._end(window)
        self._settled(window)

    async def _settle(self, window: Window, judged: verdict.Judged, closes: Shard | None) -> None:
        settlement = Settlement(
            account_id=window.issue.account_id,
            issue_id=window.issue.id,
            of_retries=window.shard is None,
            sent=judged.sent,
            outcomes=judged.outcomes,
            again=judged.again,
            replies=judged.replies,
            shards=_shards(window),
            closes=closes,
            late_from=window.opened + LATE_SECONDS,
        )
        try:
            await self._outbox.settle(settlement)
        except Exception:
            log.exception("a window can't be written down; its turns stay in doubt", issue=window.issue.id)

    def _end(self, window: Window) -> None:
        self._windows.discard(window)
        if window.took:
            seconds = time.monotonic() - window.started
            self.pace = self.pace.after(window.took, seconds)
            watching.window_ended(self._provider, window.took, seconds)
        if window.shard is not None:
            window.shard.unsettled -= 1


def _closed_by(window: Window) -> Shard | None:
    """The shard that has no turn and no window left after this one."""
    shard = window.shard
    return shard if shard is not None and not shard.left and shard.unsettled == 1 else None


def _shards(window: Window) -> Sequence[int]:
    if window.shard is not None:
        return [window.shard.id]
    return sorted({turn.shard_id for turn in window.turns})
