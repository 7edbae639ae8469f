"""Engines under the machine's thumb: the real lane, books, round, windows and verdicts, on a clock and a loop that
move only when told. What they ask of the outbox waits until the machine answers, loses or delays it; what they hand
over waits until the machine plays the relay."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest import mock

from mailexpert.delivery import lanes
from mailexpert.delivery.pacer import Pacer
from mailexpert.delivery.ports import (
    Claim,
    DatabaseAway,
    Errand,
    Issue,
    Person,
    Relay,
    Retry,
    Settlement,
    Shard,
)
from mailexpert.delivery.tests.protocol.tables import Clash
from mailexpert.delivery.window import Letter, Window
from mailexpert.mail.reply import Phase

BUDGET = 6
RELAY = Relay(id=0, account_id=0, host="", port=25)
ERRAND = Errand(relay=RELAY, group="", serves=(0,))
PACER = Pacer(mock.Mock(), mock.Mock(), "model")  # no limit, no quiet hours


@dataclass
class Call:
    """Something asked of the database: `run` does it there, `answer` gets what it says."""

    name: str
    run: Callable[[], Any]
    answer: "asyncio.Future[Any]"


class Line:
    """The outbox as an engine sees it: every question waits."""

    def __init__(self, tables: Any, calls: list[Call]) -> None:
        self._tables, self._calls = tables, calls

    def _ask(self, name: str, run: Callable[[], Any]) -> "asyncio.Future[Any]":
        answer = asyncio.get_running_loop().create_future()
        self._calls.append(Call(name, run, answer))
        return answer

    async def claim_shards(self, where: Claim, room: int) -> list[Shard]:
        return await self._ask("claim", lambda: self._tables.claim_shards(list(where.held), room))

    async def claim_retries(self, where: Claim, room: int) -> list[Retry]:
        return await self._ask("claim", lambda: self._tables.claim_retries(list(where.held), room))

    async def load_issue(self, issue: int) -> Issue:
        words = dict.fromkeys(
            ("sender_name", "reply_to", "subject", "html", "text", "preheader", "purpose", "sender_line"), ""
        )
        return Issue(
            id=issue, account_id=self._tables.account, kind=1, sender_address="w@x.example", fields={}, links=(),
            list_ids=(), tracking="none", language="nl", **words,
        )  # fmt: skip

    async def read_window(self, issue: Issue, columns: Any, shard: Shard, size: int) -> list[Person]:
        return await self._ask("read", lambda: self._tables.read_window(shard, size))

    async def read_people(self, issue: Issue, columns: Any, contacts: Sequence[int]) -> list[Person]:
        return await self._ask("read", lambda: self._tables.read(list(contacts)))

    async def open_window(self, shard: Shard, size: int, skips: Mapping[int, int]) -> bool:
        seen = SimpleNamespace(id=shard.id, epoch=shard.epoch, upto=shard.upto)  # as the statement says it
        return await self._ask("open", lambda: self._tables.open_window(seen, size, skips))

    async def settle(self, settlement: Settlement) -> None:
        await self._ask("settle", lambda: self._tables.settle(settlement))

    async def release_shard(self, shard: Shard) -> None:
        await self._ask("release", lambda: self._tables.release_shard(shard))

    async def shard_stands_at(self, shard: Shard) -> int | None:
        return await self._ask("read", lambda: self._tables.stands_at(shard))

    async def set_reason(self, reason: str, issue: int) -> None:
        return None

    async def set_relay_reason(self, relay: int, reason: str) -> None:
        return None


class Wire:
    """Takes windows; the machine takes their letters."""

    trouble = ""
    takes_utf8 = True

    def __init__(self) -> None:
        self.windows: list[Window] = []
        self.silent: list[Letter] = []

    async def ready(self) -> bool:
        return True

    @property
    def waiting_windows(self) -> int:
        return len([window for window in self.windows if window.backlog])

    def submit(self, window: Window) -> None:
        self.windows.append(window)

    async def close(self, seconds: float) -> None:
        self.give_up()

    def way(self, *_what: Any) -> "Wire":
        return self

    def give_up(self) -> None:
        """Nobody answers the dots any more."""
        while self.silent:
            letter = self.silent.pop()
            letter.window.no_answer(letter.place)

    def take(self) -> Letter | None:
        while self.windows:
            letter = self.windows[0].take()
            if letter is not None:
                return letter
            self.windows.pop(0)
        return None


class Letters:
    columns: Sequence[str] = ()
    take_long = False

    def compose(self, people: Sequence[Person]) -> Iterator[tuple[bytes, bytes, bytes]]:
        return iter([(b"w@x.example", b"%d" % person.contact_id, b"") for person in people])


class Ordered(dict[Any, None]):
    """A set that keeps its order, so that a schedule can be tried again."""

    def add(self, one: Any) -> None:
        self[one] = None

    def discard(self, one: Any) -> None:
        self.pop(one, None)


class ModelEngine:
    """`clock` is the monotonic clock; `dead` engines do nothing any more, `frozen` ones nothing for now."""

    def __init__(self, tables: Any, clock: Callable[[], float]) -> None:
        self._tables, self._clock = tables, clock
        self.calls: list[Call] = []
        self.frozen = False
        self._loop = asyncio.new_event_loop()
        self._begin()
        self.run()

    def _begin(self) -> None:
        with mock.patch("time.monotonic", self._clock):
            self.wire = Wire()
            self.budget = lanes.Budget(BUDGET)
            self.lane = lanes.Lane(
                RELAY,
                ERRAND,
                Line(self._tables, self.calls),
                self.wire,
                self.budget,
                PACER,
                lambda _i: Letters(),
            )
            self.lane._books._windows = Ordered()  # type: ignore[assignment]
            self._serving = self._loop.create_task(self.lane.serve())

    def run(self) -> None:
        """Everything it can do until it waits for an answer or for time."""
        with mock.patch("time.monotonic", self._clock):
            self._turn()
            while self._loop._ready:  # type: ignore[attr-defined]
                self._turn()
        if self._serving.done():
            self._serving.result()
            self._begin()

    def _turn(self) -> None:
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()

    def answer(self, how: str = "answered") -> Callable[[], Any] | None:
        """Answer the oldest question. A `late` one is returned: it happens when the caller wants."""
        call = self.calls.pop(0)
        if call.name == "settle" and how != "answered":
            self.calls.insert(0, call)  # asked again until it is answered, and written down once
            return None
        late = call.run if how == "late" else None
        if how in ("answered", "answer lost"):
            try:
                with mock.patch("time.monotonic", self._clock):
                    found = call.run()
            except Clash as problem:
                if not self._tables.without:
                    raise
                call.answer.set_exception(RuntimeError(str(problem)))
        if not call.answer.done():
            if how == "answered":
                call.answer.set_result(found)
            else:
                call.answer.set_exception(DatabaseAway(how))
        self.run()
        return late

    def hand_over(self, manner: str) -> Letter | None:
        """Play the relay for one letter."""
        with mock.patch("time.monotonic", self._clock):
            letter = self.wire.take()
            if letter is not None:
                RELAYS[manner](self.wire, letter)
        self.run()
        return letter

    def follow(self) -> None:
        states = self._tables.states()
        self._loop.call_soon(self.lane.follow, {issue: states[issue] for issue in self.lane.issues()}, ())
        self.run()

    def kill(self, *, was_committed: bool) -> None:
        """kill -9; what it last asked for may have happened."""
        if self.calls and was_committed:
            self.calls[0].run()
        self.calls.clear()
        self.lane._outbox = self.lane._books._outbox = Nobody()  # type: ignore[assignment]
        while tasks := asyncio.all_tasks(self._loop):
            for task in tasks:
                task.cancel()
            self._turn()
        self._loop.close()


class Nobody:
    """What a dead engine reaches."""

    def __getattr__(self, name: str) -> Any:
        raise asyncio.CancelledError


def _silent(wire: Wire, letter: Letter) -> None:
    wire.silent.append(letter)


RELAYS: dict[str, Callable[[Wire, Letter], None]] = {
    "takes": lambda _wire, letter: letter.window.sent(letter.place),
    "stays silent": _silent,
    "defers": lambda _wire, letter: letter.window.answer(letter.place, Phase.RECIPIENT, 451, b"4.3.0 later"),
    "refuses": lambda _wire, letter: letter.window.answer(letter.place, Phase.RECIPIENT, 550, b"5.1.1 no"),
    "hangs up": lambda wire, letter: (letter.window.give_back(letter), wire.windows.insert(0, letter.window))[
        0
    ],
}
