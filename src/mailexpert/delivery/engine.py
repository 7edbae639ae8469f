"""The delivery engine: from shards in the outbox to mails at the relays, each person once."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from mailexpert.delivery.lanes import Lane
from mailexpert.delivery.ports import DatabaseAway, Relay

NEWS_SECONDS = 1.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0

log = structlog.get_logger()


class Post(Protocol):
    """What the engine asks of the outbox; the lanes ask the rest."""

    async def relays_with_work(self) -> list[Relay]: ...
    async def issue_states(self, issues: list[int]) -> dict[int, int]: ...
    async def tidy(self) -> None: ...
    async def news(self, seconds: float) -> set[int]: ...


@dataclass(frozen=True)
class Serving:
    lane: Lane
    task: asyncio.Task[None]


class Engine:
    def __init__(self, post: Post, lane_to: Callable[[Relay], Lane]) -> None:
        self._post, self._lane_to = post, lane_to
        self._serving: dict[int, Serving] = {}
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Give each relay that has work a lane, tell the lanes what was paused or cancelled, finish what is
        done. Once told to stop: let every lane write down what it knows."""
        wait = FIRST_WAIT
        while not self._stop.is_set():
            try:
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

    async def _open_lanes(self) -> None:
        for relay_id, serving in list(self._serving.items()):
            if serving.task.done():
                self._ended(serving)
                del self._serving[relay_id]
        for relay in await self._post.relays_with_work():
            found = self._serving.get(relay.id)
            if found is None:
                lane = self._lane_to(relay)
                self._serving[relay.id] = Serving(lane, asyncio.create_task(lane.serve()))
            elif not relay.is_default and found.lane.relay != relay:
                found.lane.close()  # its settings changed; the next round opens it anew

    async def _follow_states(self) -> None:
        issues = [issue for serving in self._serving.values() for issue in serving.lane.issues()]
        if issues:
            states = await self._post.issue_states(issues)
            for serving in self._serving.values():
                serving.lane.follow(states)

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
            for serving in self._serving.values():
                serving.lane.wake()

    async def _drain(self) -> None:
        for serving in self._serving.values():
            serving.lane.close()
        tasks = [serving.task for serving in self._serving.values()]
        await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def _ended(serving: Serving) -> None:
        if not serving.task.cancelled() and serving.task.exception() is not None:
            problem = serving.task.exception()
            log.error("a lane broke; it is opened anew", relay=serving.lane.relay.id, exc_info=problem)
