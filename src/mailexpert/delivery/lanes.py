"""A lane is one relay at work for one receiving provider: the shards held for it, and the windows it opens."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

import structlog

from mailexpert.delivery import pace, verdict
from mailexpert.delivery.books import Books
from mailexpert.delivery.budget import Budget
from mailexpert.delivery.issues import DONE, Issues
from mailexpert.delivery.pacer import Pacer
from mailexpert.delivery.ports import (
    TURN,
    Claim,
    DatabaseAway,
    Errand,
    Issue,
    Letters,
    Outbox,
    Person,
    Relay,
    Shard,
    Turn,
)
from mailexpert.delivery.schedule import Round
from mailexpert.delivery.window import Window
from mailexpert.delivery.wires import Wires
from mailexpert.mail import providers

MOST_SHARDS = 16
MOST_WAITING = 2  # windows marked ahead of the connections
LOOK_SECONDS = 1.0  # how often to ask for work when nothing told of any
SHORT_SECONDS = 0.2  # a shard whose limits are used up is passed over for so long
IDLE_SECONDS = 30.0
LONG_AGO = float("-inf")  # nobody knows when this window was marked
SAFE_SECONDS = 90.0  # a window takes nothing later than this: half a minute before its lease ends
DRAIN_SECONDS = 6.0

log = structlog.get_logger()


class Lane:
    def __init__(
        self,
        relay: Relay,
        errand: Errand,
        outbox: Outbox,
        wires: Wires,
        budget: Budget,
        pacer: Pacer,
        letters: Callable[[Issue], Letters],
    ) -> None:
        self.relay, self.group = relay, errand.group
        self.meter = pace.lane_meter(relay, errand.group)
        self._errand, self._outbox, self._budget, self._pacer = errand, outbox, budget, pacer
        self._wire = wires.way(relay, errand.group, self.nudge)
        self._round = Round()
        self._issues = Issues(outbox, letters)
        self._books = Books(
            outbox,
            budget,
            is_cancelled=self._issues.is_cancelled,
            has_to_wait=self._hold,
            is_deferred=self._deferred,
            settled=self._settled,
            provider=errand.group,
        )
        self._unsure: list[tuple[Shard, int, Sequence[Person]]] = []
        self._releasing: set[asyncio.Task[None]] = set()
        self._composing: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._next_claim = self._next_retries = 0.0
        self._told: str | None = None
        self._closing = False

    async def serve(self) -> None:
        """Window after window, in fair turns over the issues, until there is nothing left to do here."""
        books = asyncio.create_task(self._books.keep())
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

    def take(self, errand: Errand | None) -> None:
        """What there is to do here now. Other settings of the relay: end, and be opened anew."""
        if errand is not None and not errand.relay.is_default and errand.relay != self.relay:
            self.close()
        serves = errand.serves if errand is not None else (self.relay.id,)
        is_alone = errand.is_alone if errand is not None else self._errand.is_alone
        self._errand = Errand(relay=self.relay, group=self.group, serves=serves, is_alone=is_alone)

    def issues(self) -> list[int]:
        return [issue.id for issue in self._issues.known()]

    def follow(self, states: Mapping[int, int], quiet: Collection[int]) -> None:
        """Act on issues that were paused or cancelled, or whose account has quiet hours now: stop their windows,
        give their shards back."""
        stopped = self._issues.follow(states)
        stopped |= {issue.id for issue in self._issues.known() if issue.account_id in quiet}
        for window in self._books.of(stopped):
            window.stop()
        for shard in list(self._round):
            if shard.issue_id in stopped:
                self._drop(shard)
        for issue in stopped:
            if states.get(issue) == DONE and not self._books.of([issue]):
                self._issues.forget(issue)
        self._wake.set()

    async def _wind_up(self) -> None:
        self._books.stop_all()
        self._budget.pass_by(self.nudge)
        for task in list(self._composing):
            task.cancel()
        await self._wire.close(DRAIN_SECONDS)
        await self._books.all_written()
        for shard in list(self._round):
            await self._release(shard)

    # Whether a window may be opened now

    async def _may_open(self) -> bool:
        if self._wire.trouble:
            self._budget.pass_by(self.nudge)
        if not await self._wire.ready():
            await self._not_ready()
            return False
        if self._told != "":
            await self._say_why("")
        if len(self._composing) + self._wire.waiting_windows >= MOST_WAITING:
            self._budget.pass_by(self.nudge)
            return False
        return self._budget.has_room(self._books.pace.window, self.nudge)

    async def _not_ready(self) -> None:
        """No connection stands. Where another relay can stand in, it takes what isn't on the wire yet."""
        if self._errand.is_alone:
            await self._say_why(self._wire.trouble)
        elif self._wire.trouble:
            self._books.stop_all()
            for shard in list(self._round):
                self._drop(shard)

    async def _say_why(self, reason: str) -> None:
        if reason == self._told:
            return
        try:
            await self._outbox.set_relay_reason(self.relay.id, reason)
            self._told = reason
        except DatabaseAway:
            await asyncio.sleep(LOOK_SECONDS)

    async def _rest(self) -> None:
        """Until a window was taken or written down, news comes, or it is time to look for work."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._wake.wait()
        self._books.write_stragglers()

    # Opening windows

    async def _open_next(self) -> bool:
        """Mark the next turns: now and then of retries that are due, else of the first shard in the round."""
        now = time.monotonic()
        try:
            await self._make_sure()
            await self._issues.say_reasons()
            if now >= self._next_retries and await self._open_retries(now):
                return True
            if now >= self._next_claim or not self._round.has_turns():
                await self._claim(now)
            shard = self._round.next(now)
            if shard is not None:
                return await self._open_turns(shard, now)
        except DatabaseAway as problem:
            log.warning("the database is away; sending stops", detail=str(problem)[:200])
            self._books.stop_all()
            await asyncio.sleep(LOOK_SECONDS)
        self._budget.pass_by(self.nudge)
        return False

    def _where(self, *held: int) -> Claim:
        return Claim(
            pool=self.relay.account_id,
            relays=self._errand.serves,
            group=self.group,
            held=held,
            quiet=self._pacer.quiet,
        )

    async def _claim(self, now: float) -> None:
        room = MOST_SHARDS - len(self._round)
        if room > 0:
            needless = [*self._round.supplied_issues(now), *self._issues.on_hold(now)]
            for shard in await self._outbox.claim_shards(self._where(*needless), room):
                self._issues.claimed(shard.issue_id)
                if shard.left:
                    self._round.add(shard)
                else:
                    self._release_soon(shard)  # whoever had it died after its last window: that closes it
        self._next_claim = now + LOOK_SECONDS

    async def _open_turns(self, shard: Shard, now: float) -> bool:
        found = await self._issues.get(shard.issue_id)
        if found is None:
            self._drop_all_of(shard.issue_id)
            return True
        issue, letters = found
        room = self._room(issue, now)
        if not room:
            shard.rests_until = now + SHORT_SECONDS
            return True
        size = min(shard.left, self._books.pace.window, room)
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

    def _room(self, issue: Issue, now: float) -> int:
        """How many of an issue's messages all limits together allow now."""
        purse, terms = self._pacer.purse, self._pacer.terms(self.relay, self.group, issue)
        room = purse.room(terms)
        if room:
            self._issues.has_room(issue.id)
        else:
            self._issues.is_short(issue.id, purse.why(terms), now)
        return room

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
        turns = [TURN((person.contact_id, shard.id, 1, 0.0)) for person in people]
        return self._send(issue, letters, shard, turns, people, opened_at)

    async def _open_retries(self, now: float) -> bool:
        purse, pacer = self._pacer.purse, self._pacer
        room = min(self._books.pace.window, purse.room(pacer.terms(self.relay, self.group)))
        short = [issue.id for issue in self._issues.known() if not self._room(issue, now)]
        where = self._where(*self._issues.on_hold(now), *short)
        retries = await self._outbox.claim_retries(where, room) if room else []
        if not retries:
            self._next_retries = now + (LOOK_SECONDS if room and not short else SHORT_SECONDS)
            return False
        try:
            found = await self._issues.get(retries[0].issue_id)
            contacts = [retry.contact_id for retry in retries]
            people = await self._outbox.read_people(found[0], found[1].columns, contacts) if found else []
        except DatabaseAway:
            await self._outbox.settle(verdict.untried_retries(retries))  # once it is back: nobody is in doubt
            raise
        if found is None:
            await self._outbox.settle(verdict.untried_retries(retries))
            return True
        issue, letters = found
        self._issues.claimed(issue.id)
        skips = self._skips(people)
        if skips:
            await self._outbox.settle(verdict.skipped_retries(issue, retries, skips))
        by_contact = {retry.contact_id: retry for retry in retries}
        people = [person for person in people if person.contact_id not in skips]
        kept = [by_contact[person.contact_id] for person in people]
        turns = [Turn(retry.contact_id, retry.shard_id, retry.attempt, retry.age) for retry in kept]
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
        self._pacer.purse.spend(self._pacer.terms(self.relay, self.group, issue), len(turns))
        made = iter(()) if letters.take_long else letters.compose(people)
        window = Window(issue, shard, turns, made, opened_at + SAFE_SECONDS, self._books.done)
        window.opened = opened_at
        self._books.open(window)
        if turns and letters.take_long:
            window.awaits_letters()
            task = asyncio.create_task(self._compose_ahead(window, letters, people))
            self._composing.add(task)
            task.add_done_callback(self._composing.discard)
        elif turns:
            self._wire.submit(window)
        if self._closing or not self._issues.is_sending(issue.id):
            window.stop()
        return window

    async def _compose_ahead(self, window: Window, letters: Letters, people: Sequence[Person]) -> None:
        """The window before this one is on the wire meanwhile, and the next one may be opened."""
        try:
            window.supply(await letters.compose_ahead(people))
        except Exception:  # of the processes that render, or the threads that sign: no letter's own
            log.exception("a window can't be composed", issue=window.issue.id)
            window.stop()
            self._hold(window.issue.id, "cannot_compose")
        if not window.stopped:
            self._wire.submit(window)
        self._wake.set()

    async def _make_sure(self) -> None:
        """A window whose COMMIT got no answer was never sent. If it stands marked, its turns are given
        back."""
        while self._unsure:
            shard, size, people = self._unsure[0]
            stands_at = await self._outbox.shard_stands_at(shard)
            found = self._issues.find(shard.issue_id)
            self._unsure.pop(0)
            if stands_at is None or found is None:
                self._drop(shard)
            elif stands_at == shard.upto + size:
                self._start(*found, shard, size, people, self._skips(people), LONG_AGO).stop()

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
        self._issues.hold(issue, reason)
        self._drop_all_of(issue)

    def _deferred(self, window: Window, replies: Sequence[bytes]) -> None:
        """The provider defers and blames us, not a message. Among many small ones that one does says little."""
        if self.group or 2 * len(replies) >= window.took:
            rest = max(providers.rest_after(self.group, text) for text in replies)
            self._pacer.purse.deferred(self.meter, rest)
            self._books.stop_all()

    def _drop_all_of(self, issue: int) -> None:
        for shard in list(self._round):
            if shard.issue_id == issue:
                self._drop(shard)

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
        with suppress(DatabaseAway):  # then its lease ends by itself
            await self._outbox.release_shard(shard)
