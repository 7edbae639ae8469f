"""A lane is one relay at work: its connections, the shards held for it, and the windows it opens."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from mailexpert.delivery import verdict
from mailexpert.delivery.books import Books
from mailexpert.delivery.pace import Budget
from mailexpert.delivery.ports import DatabaseAway, Issue, Letters, Outbox, Person, Relay, Shard, Turn, Wire
from mailexpert.delivery.schedule import Round
from mailexpert.delivery.window import Window

MOST_SHARDS = 16
MOST_WAITING = 2  # windows marked ahead of the connections
LOOK_SECONDS = 1.0  # how often to ask for work when nothing told of any
IDLE_SECONDS = 30.0
SAFE_SECONDS = 90.0  # a window takes nothing later than this: half a minute before its lease ends
HOLD_SECONDS = 60.0  # an issue that the relay refuses as a whole is tried again after this
DRAIN_SECONDS = 6.0
SENDING, CANCELLED = 0, 2

log = structlog.get_logger()


class Lane:
    def __init__(
        self, relay: Relay, outbox: Outbox, wire: Wire, budget: Budget, letters: Callable[[Issue], Letters]
    ) -> None:
        self.relay = relay
        self._outbox, self._wire, self._budget, self._letters_of = outbox, wire, budget, letters
        self._round = Round()
        self._books = Books(
            outbox,
            budget,
            is_cancelled=lambda issue: self._states.get(issue) == CANCELLED,
            has_to_wait=self._hold,
            settled=self._settled,
        )
        self._issues: dict[int, tuple[Issue, Letters]] = {}
        self._states: dict[int, int] = {}
        self._held: dict[int, float] = {}
        self._reasons: dict[int, str] = {}
        self._unsure: list[tuple[Shard, int, Sequence[Person]]] = []
        self._releasing: set[asyncio.Task[None]] = set()
        self._signing: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._next_claim = self._next_retries = 0.0
        self._told = ""
        self._closing = False

    async def serve(self) -> None:
        """Window after window, in fair turns over the issues, until there is nothing left to do here."""
        books = asyncio.create_task(self._books.keep())
        self._budget.watch(self.nudge)
        busy_at = time.monotonic()
        try:
            while not self._closing and time.monotonic() - busy_at < IDLE_SECONDS:
                self._wake.clear()
                if await self._may_open() and await self._open_next():
                    busy_at = time.monotonic()
                elif not self._closing:
                    await self._rest()
                if self._books:
                    busy_at = time.monotonic()
        finally:
            await self._wind_up()
            books.cancel()
            self._budget.unwatch(self.nudge)

    def close(self) -> None:
        """Take nothing more; `serve` ends once what is on the wire has been written down."""
        self._closing = True
        self._books.stop_all()
        self._wake.set()

    def wake(self) -> None:
        """There may be work that nobody knew of."""
        self._next_claim = self._next_retries = 0.0
        self._wake.set()

    def nudge(self) -> None:
        """There may be room for another window."""
        self._wake.set()

    def issues(self) -> list[int]:
        return list(self._issues)

    def follow(self, states: Mapping[int, int]) -> None:
        """Act on issues that were paused or cancelled: stop their windows, give their shards back."""
        self._states.update(states)
        stopped = {issue for issue, state in states.items() if state != SENDING}
        for window in self._books.of(stopped):
            window.stop()
        for shard in list(self._round):
            if shard.issue_id in stopped:
                self._drop(shard)
        self._wake.set()

    async def _wind_up(self) -> None:
        self._books.stop_all()
        for task in list(self._signing):
            task.cancel()
        await self._wire.close(DRAIN_SECONDS)
        await self._books.all_written()
        for shard in list(self._round):
            await self._release(shard)

    # Whether a window may be opened now

    async def _may_open(self) -> bool:
        if not await self._wire.ready():
            await self._say_why(self._wire.trouble)
            return False
        if self._told:
            await self._say_why("")
        return (
            len(self._signing) + self._wire.waiting_windows < MOST_WAITING
            and self._budget.left >= self._books.pace.window
        )

    async def _say_why(self, reason: str) -> None:
        if reason == self._told:
            return
        try:
            await self._outbox.set_reason(self.relay.id, reason)
            self._told = reason
        except DatabaseAway:
            await asyncio.sleep(LOOK_SECONDS)

    async def _rest(self) -> None:
        """Until a window was taken or written down, news comes, or it is time to look for work."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            self._books.write_stragglers()

    # Opening windows

    async def _open_next(self) -> bool:
        """Mark the next turns: now and then of retries that are due, else of the first shard in the round."""
        now = time.monotonic()
        try:
            await self._make_sure()
            await self._say_reasons()
            if now >= self._next_retries and await self._open_retries(now):
                return True
            if now >= self._next_claim or not self._round.has_turns():
                await self._claim(now)
            shard = self._round.next(now)
            return shard is not None and await self._open_turns(shard)
        except DatabaseAway as problem:
            log.warning("the database is away; sending stops", detail=str(problem)[:200])
            self._books.stop_all()
            await asyncio.sleep(LOOK_SECONDS)
            return False

    async def _claim(self, now: float) -> None:
        room = MOST_SHARDS - len(self._round)
        if room > 0:
            needless = [*self._round.supplied_issues(now), *self._on_hold(now)]
            for shard in await self._outbox.claim_shards(self.relay.id, needless, room):
                self._states.pop(shard.issue_id, None)
                self._round.add(shard)
        self._next_claim = now + LOOK_SECONDS

    async def _open_turns(self, shard: Shard) -> bool:
        found = await self._issue(shard.issue_id)
        if found is None:
            return True
        issue, letters = found
        size = min(shard.left, self._books.pace.window)
        people = await self._outbox.read_window(issue, letters.columns, shard, size)
        skips = self._skips(people)
        opened_at = time.monotonic()
        try:
            opened = await self._outbox.open_window(shard, size, skips)
        except DatabaseAway:
            self._unsure.append((shard, size, people))
            raise
        if not opened:
            self._drop(shard)
            return True
        self._start(issue, letters, shard, size, people, skips, opened_at)
        return True

    def _start(
        self,
        issue: Issue,
        letters: Letters,
        shard: Shard,
        size: int,
        people: Sequence[Person],
        skips: Mapping[int, int],
        opened_at: float,
    ) -> Window:
        shard.upto += size
        if skips:
            people = [person for person in people if person.contact_id not in skips]
        turns = [Turn(person.contact_id, shard.id, 1) for person in people]
        return self._send(issue, letters, shard, turns, people, opened_at)

    async def _open_retries(self, now: float) -> bool:
        room = self._books.pace.window
        retries = await self._outbox.claim_retries(self.relay.id, self._on_hold(now), room)
        if not retries:
            self._next_retries = now + LOOK_SECONDS
            return False
        found = await self._issue(retries[0].issue_id)
        if found is None:
            await self._outbox.settle(verdict.untried_retries(retries))
            return True
        issue, letters = found
        self._states.pop(issue.id, None)
        people = await self._outbox.read_people(issue, letters.columns, [r.contact_id for r in retries])
        skips = self._skips(people)
        if skips:
            await self._outbox.settle(verdict.skipped_retries(issue, retries, skips))
        by_contact = {retry.contact_id: retry for retry in retries}
        people = [person for person in people if person.contact_id not in skips]
        kept = [by_contact[person.contact_id] for person in people]
        turns = [Turn(retry.contact_id, retry.shard_id, retry.attempt) for retry in kept]
        self._send(issue, letters, None, turns, people, now)
        return True

    def _skips(self, people: Sequence[Person]) -> dict[int, int]:
        return verdict.skips(people, takes_utf8=self._wire.takes_utf8)

    def _send(
        self,
        issue: Issue,
        letters: Letters,
        shard: Shard | None,
        turns: Sequence[Turn],
        people: Sequence[Person],
        opened_at: float,
    ) -> Window:
        self._budget.take(len(turns))
        made = iter(()) if letters.must_sign else letters.compose(people)
        window = Window(issue, shard, turns, made, opened_at + SAFE_SECONDS, self._books.done)
        self._books.open(window)
        if turns and letters.must_sign:
            task = asyncio.create_task(self._sign(window, letters, people))
            self._signing.add(task)
            task.add_done_callback(self._signing.discard)
        elif turns:
            self._wire.submit(window)
        if self._closing or self._states.get(issue.id, SENDING) != SENDING:
            window.stop()
        return window

    async def _sign(self, window: Window, letters: Letters, people: Sequence[Person]) -> None:
        """The window before this one is on the wire meanwhile, and the next one may be opened."""
        window.supply(await letters.signed(people))
        if not window.stopped:
            self._wire.submit(window)
        self._wake.set()

    async def _issue(self, issue_id: int) -> tuple[Issue, Letters] | None:
        """An issue and its letters. One whose words can't be composed at all waits, and its page says so."""
        if issue_id not in self._issues:
            issue = await self._outbox.load_issue(issue_id)
            try:
                self._issues[issue_id] = issue, self._letters_of(issue)
            except Exception:
                log.exception("an issue can't be composed", issue=issue_id)
                self._hold(issue_id, "cannot_compose")
                return None
        return self._issues[issue_id]

    async def _make_sure(self) -> None:
        """A window whose COMMIT got no answer was never sent. If it stands marked, its turns are given
        back."""
        while self._unsure:
            shard, size, people = self._unsure[0]
            stands_at = await self._outbox.shard_stands_at(shard)
            found = self._issues.get(shard.issue_id)
            self._unsure.pop(0)
            if stands_at is None or found is None:
                self._drop(shard)
            elif stands_at == shard.upto + size:
                self._start(*found, shard, size, people, self._skips(people), 0.0).stop()

    # What the books tell

    def _settled(self, window: Window) -> None:
        shard = window.shard
        if shard is not None and not shard.unsettled:
            if not shard.left:
                self._round.drop(shard)
            elif shard.dropped:
                self._release_soon(shard)
        self._wake.set()

    def _hold(self, issue: int, reason: str) -> None:
        """The relay refuses this issue as a whole: let it rest, and say why on its page."""
        self._held[issue] = time.monotonic() + HOLD_SECONDS
        self._reasons[issue] = reason
        for shard in list(self._round):
            if shard.issue_id == issue:
                self._drop(shard)

    def _on_hold(self, now: float) -> list[int]:
        self._held = {issue: until for issue, until in self._held.items() if until > now}
        return list(self._held)

    async def _say_reasons(self) -> None:
        while self._reasons:
            issue, reason = self._reasons.popitem()
            await self._outbox.set_reason(self.relay.id, reason, issue)

    def _drop(self, shard: Shard) -> None:
        self._round.drop(shard)
        shard.dropped = True
        if not shard.unsettled:
            self._release_soon(shard)

    def _release_soon(self, shard: Shard) -> None:
        task = asyncio.create_task(self._release(shard))
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)

    async def _release(self, shard: Shard) -> None:
        try:
            await self._outbox.release_shard(shard)
        except DatabaseAway:
            return  # its lease ends by itself
