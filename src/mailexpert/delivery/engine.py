"""The delivery engine: from shards in the outbox to mails at the relays, each person once."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from mailexpert.delivery.lanes import Lane
from mailexpert.delivery.pacer import Pacer
from mailexpert.delivery.ports import DatabaseAway, Errand

NEWS_SECONDS = 1.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0

log = structlog.get_logger()


class Post(Protocol):
    """What the engine asks of the outbox; the lanes ask the rest."""

    async def work(self, quiet: Sequence[int]) -> list[Errand]: ...
    async def issue_states(self, issues: list[int]) -> dict[int, int]: ...
    async def tidy(self) -> None: ...
    async def news(self, seconds: float) -> set[int]: ...


@dataclass(frozen=True)
class Serving:
    lane: Lane
    task: asyncio.Task[None]


class Engine:
    def __init__(self, post: Post, pacer: Pacer, lane_to: Callable[[Errand], Lane]) -> None:
        self._post, self._pacer, self._lane_to = post, pacer, lane_to
        self._serving: dict[tuple[int, str], Serving] = {}
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Agree with the other engines on the pace, give each relay and receiving provider that has work a lane, tell
        the lanes what was paused or cancelled, finish what is done. Once told to stop: let every lane write down
        what it knows."""
        wait = FIRST_WAIT
        while not self._stop.is_set():
            try:
                await self._keep_pace()
                await self._open_lanes()
                await self._follow_states()
                await self._post.tidy()
                await self._news()
                wait = FIRST_WAIT
            except DatabaseAway as problem:
                log.warning("the database is away", detail=str(problem)[:200], again_in_seconds=wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), wait)
                wait = min(wait * 2, LONGEST_WAIT)
        await self._drain()

    def stop(self) -> None:
        self._stop.set()

    def _lanes(self) -> list[Lane]:
        return [serving.lane for serving in self._serving.values()]

    async def _keep_pace(self) -> None:
        if await self._pacer.refresh([lane.meter for lane in self._lanes()]):
            for lane in self._lanes():
                lane.nudge()

    async def _open_lanes(self) -> None:
        for place, serving in list(self._serving.items()):
            if serving.task.done():
                self._ended(serving)
                del self._serving[place]
        errands = {
            (errand.relay.id, errand.group): errand for errand in await self._post.work(self._pacer.quiet)
        }
        for place, serving in self._serving.items():
            serving.lane.take(errands.pop(place, None))
        for place, errand in errands.items():
            lane = self._lane_to(errand)
            self._serving[place] = Serving(lane, asyncio.create_task(lane.serve()))
        if errands:
            await self._pacer.share_connections()

    async def _follow_states(self) -> None:
        issues = sorted({issue for lane in self._lanes() for issue in lane.issues()})
        if issues:
            states = await self._post.issue_states(issues)
            for lane in self._lanes():
                lane.follow(states, self._pacer.quiet)

    async def _news(self) -> None:
        """Until somebody started, paused or cancelled something, or a second went by."""
        news = asyncio.create_task(self._post.news(NEWS_SECONDS))
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait({news, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not news.done():
            news.cancel()
            return
        if news.result():
            for lane in self._lanes():
                lane.wake()

    async def _drain(self) -> None:
        for lane in self._lanes():
            lane.close()
        tasks = [serving.task for serving in self._serving.values()]
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(DatabaseAway):
            await self._pacer.close()

    @staticmethod
    def _ended(serving: Serving) -> None:
        if not serving.task.cancelled() and serving.task.exception() is not None:
            problem = serving.task.exception()
            log.error(
                "a lane broke; it is opened anew",
                relay=serving.lane.relay.id,
                group=serving.lane.group,
                exc_info=problem,
            )
