"""A window: turns that were marked in the outbox and may be taken now, and what came of each so far."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mailexpert.delivery.ports import Issue, Message, Shard, Turn
from mailexpert.mail import reply
from mailexpert.mail.reply import Phase
from mailexpert.mail.tuples import outright

MOST_RETURNS = 2  # a message whose connection broke this often before its dot waits for its next attempt


class Answer(NamedTuple):
    place: int
    phase: Phase
    code: int
    text: bytes


class Letter(NamedTuple):
    window: "Window"
    place: int
    sender: bytes
    recipient: bytes
    body: bytes


LETTER = outright(Letter)


class Harvest(NamedTuple):
    """What became of the turns, by their place in the window."""

    delivered: list[int]
    broken: list[int]
    answers: list[Answer]
    deferred: list[int]
    unanswered: list[int]
    untried: list[int]

    @property
    def size(self) -> int:
        return (
            len(self.delivered)
            + len(self.broken)
            + len(self.answers)
            + len(self.deferred)
            + len(self.unanswered)
            + len(self.untried)
        )


class Window:
    """Letters are composed when a connection takes them. `deadline` is on our own monotonic clock, before the
    lease by the database's clock ends: past it nothing is taken any more."""

    __slots__ = (
        "_letters", "_returned", "_returns", "_tell", "answers", "broken", "deadline", "deferred", "delivered",
        "issue", "left", "opened", "passed", "ready", "shard", "started", "stopped", "took", "turns", "unanswered",
        "untried",
    )  # fmt: skip

    def __init__(
        self,
        issue: Issue,
        shard: Shard | None,
        turns: Sequence[Turn],
        letters: Iterator[Message | None],
        deadline: float,
        tell: Callable[["Window"], None],
    ) -> None:
        self.issue, self.shard, self.turns, self.deadline = issue, shard, turns, deadline
        self._letters, self._tell = letters, tell
        self._returned: list[Letter] = []
        self._returns: dict[int, int] = {}
        self.left = len(turns)
        self.opened = self.ready = time.monotonic()
        self.started = 0.0
        self.took = 0
        self.stopped = self.passed = False
        self.delivered: list[int] = []
        self.broken: list[int] = []
        self.answers: list[Answer] = []
        self.deferred: list[int] = []
        self.unanswered: list[int] = []
        self.untried: list[int] = []

    @property
    def backlog(self) -> int:
        """Turns nobody has taken."""
        return 0 if self.stopped else len(self.turns) - self.took + len(self._returned)

    def awaits_letters(self) -> None:
        """They are still being made."""
        self.ready = math.inf

    def supply(self, letters: Iterator[Message | None]) -> None:
        """The letters, for a window that was opened before they were made; it is submitted only then. Making them
        counts for its pace: where that is slow, windows get smaller too."""
        self._letters, self.ready, self.started = letters, time.monotonic(), self.opened

    def take(self) -> Letter | None:
        """The next letter, or nothing when all are taken or the time is over."""
        if self.stopped:
            return None
        now = time.monotonic()
        if now > self.deadline:
            self.stop()
            return None
        if self._returned:
            return self._returned.pop()
        self.started = self.started or now
        for made in self._letters:
            place, self.took = self.took, self.took + 1
            if made is not None:
                return LETTER((self, place, *made))
            self.broken.append(place)
            self._settled(1)
        return None

    def stop(self) -> None:
        """Take nothing more; whoever had no letter yet is untried."""
        if self.stopped:
            return
        self.stopped = True
        never = [*(letter.place for letter in self._returned), *range(self.took, len(self.turns))]
        self._returned.clear()
        self.untried += never
        self._settled(len(never))

    def sent(self, place: int) -> None:
        """250 after the dot."""
        self.delivered.append(place)
        self.left -= 1
        if not self.left:
            self._tell(self)

    def answer(self, place: int, phase: Phase, code: int, text: bytes) -> None:
        self.answers.append(Answer(place, phase, code, text))
        if reply.refuses_everyone(code, text, phase):
            self.stop()
        self._settled(1)

    def no_answer(self, place: int) -> None:
        """The final dot was sent and no reply came: nobody knows whether it arrived."""
        self.unanswered.append(place)
        self._settled(1)

    def give_back(self, letter: Letter) -> None:
        """The connection broke before the dot: nothing was handed over."""
        place = letter.place
        self._returns[place] = self._returns.get(place, 0) + 1
        if self.stopped:
            self.untried.append(place)
            self._settled(1)
        elif self._returns[place] > MOST_RETURNS:
            self.deferred.append(place)
            self._settled(1)
        else:
            self._returned.append(letter)

    def harvest(self) -> Harvest:
        """What is known since the last harvest."""
        found = Harvest(
            self.delivered, self.broken, self.answers, self.deferred, self.unanswered, self.untried
        )
        self.delivered, self.broken, self.answers = [], [], []
        self.deferred, self.unanswered, self.untried = [], [], []
        return found

    def _settled(self, count: int) -> None:
        self.left -= count
        if count and not self.left:
            self._tell(self)
