"""The protocol against every schedule that hypothesis can think of: engines killed, frozen and woken after their
lease, answers and commits lost or late, relays that take a mail and never say so, people who leave, mailings that
are paused and cancelled, orders for who is in doubt. Nobody gets a mail twice, nobody gets lost."""

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mailexpert.delivery import pace
from mailexpert.delivery.tests.protocol.engines import BUDGET, ModelEngine
from mailexpert.delivery.tests.protocol.tables import (
    CANCELLED,
    DONE,
    FAILED,
    PAUSED,
    SENDING,
    SENT,
    SKIPPED,
    Tables,
)

ISSUES = {1: [[1, 2, 3, 4, 5], [6, 7, 8]], 2: [[11, 12, 13, 14]]}
EVERYONE = {contact for shards in ISSUES.values() for shard in shards for contact in shard}
WINDOW = 2
ENGINES = st.integers(0, 1)
SECONDS = st.sampled_from([0.6, 1.1, 40.0, 95.0, 130.0, 1100.0])
MANNERS = st.sampled_from(["takes", "takes", "takes", "stays silent", "defers", "refuses", "hangs up"])


class Protocol(RuleBasedStateMachine):
    without = ""

    @initialize()
    def start(self) -> None:
        self.now = 1000.0
        self.tables = self.make_tables()
        self.engines = [ModelEngine(self.tables, lambda: self.now) for _ in range(2)]
        self.late: list[Callable[[], Any]] = []
        self.received: Counter[int] = Counter()
        self.orders: Counter[int] = Counter()
        self.may_doubt = 0  # how many may be in doubt by what has happened

    def make_tables(self) -> Any:
        return Tables(ISSUES, self.without)

    # ── what engines do when all goes well ──

    @rule(which=ENGINES, calls=st.integers(1, 8))
    def the_database_answers(self, which: int, calls: int) -> None:
        engine = self.engines[which]
        for _ in range(calls):
            if engine.calls and not engine.frozen:
                engine.answer()
        self.check()

    @rule(which=ENGINES, manner=MANNERS, letters=st.integers(1, 3))
    def the_relay_gets_letters(self, which: int, manner: str, letters: int) -> None:
        for _ in range(letters):
            if not self.engines[which].frozen:
                self.hand_over(self.engines[which], manner)
        self.check()

    def hand_over(self, engine: ModelEngine, manner: str) -> bool:
        letter = engine.hand_over(manner)
        if letter and manner in ("takes", "stays silent"):
            self.received[int(letter.recipient)] += 1
            self.may_doubt += manner == "stays silent"
        return letter is not None

    @rule(seconds=SECONDS)
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds
        self.tables.advance(seconds)
        for engine in self.engines:
            if not engine.frozen:
                engine.run()
        self.check()

    @rule(which=ENGINES)
    def an_engine_tidies(self, which: int) -> None:
        if not self.engines[which].frozen:
            self.tables.tidy()
            self.engines[which].follow()
        self.check()

    @rule(which=ENGINES, steps=st.integers(1, 40))
    def an_engine_works(self, which: int, steps: int) -> None:
        """Answers as they are asked for, mails as they come."""
        engine = self.engines[which]
        for _ in range(0 if engine.frozen else steps):
            if engine.calls:
                engine.answer()
            elif not self.hand_over(engine, "takes"):
                break
        self.check()

    # ── what goes wrong ──

    @rule(which=ENGINES, how=st.sampled_from(["answer lost", "not committed", "late"]))
    def an_answer_gets_lost(self, which: int, how: str) -> None:
        engine = self.engines[which]
        if engine.calls and not engine.frozen:
            self.may_doubt += WINDOW if engine.calls[0].name in ("open", "claim") else 0
            late = engine.answer(how)
            self.late += [late] if late else []
        self.check()

    @precondition(lambda self: self.late)
    @rule()
    def a_late_commit_happens(self) -> None:
        self.late.pop(0)()
        self.check()

    @rule(which=ENGINES, was_committed=st.booleans())
    def an_engine_is_killed(self, which: int, was_committed: bool) -> None:
        self.may_doubt += BUDGET
        self.engines[which].kill(was_committed=was_committed)
        self.engines[which] = ModelEngine(self.tables, lambda: self.now)
        self.check()

    @rule(which=ENGINES)
    def an_engine_freezes_or_wakes(self, which: int) -> None:
        engine = self.engines[which]
        engine.frozen = not engine.frozen
        if not engine.frozen:
            engine.run()
        self.check()

    @rule(which=ENGINES)
    def the_relay_never_answers(self, which: int) -> None:
        if not self.engines[which].frozen:
            self.engines[which].wire.give_up()
            self.engines[which].run()
        self.check()

    # ── what people do ──

    @rule(contact=st.sampled_from(sorted(EVERYONE)))
    def somebody_unsubscribes(self, contact: int) -> None:
        self.tables.unsubscribe(contact)

    @rule(issue=st.sampled_from(sorted(ISSUES)), state=st.sampled_from([PAUSED, SENDING, SENDING, CANCELLED]))
    def somebody_moves_an_issue(self, issue: int, state: int) -> None:
        self.tables.move(issue, state)

    @precondition(lambda self: self.now > 2000)
    @rule(issue=st.sampled_from(sorted(ISSUES)))
    def somebody_orders_the_doubtful_again(self, issue: int) -> None:
        for contact in self.tables.order_again(issue):
            self.orders[contact] += 1
        self.check()

    # ── what always holds ──

    def check(self) -> None:
        twice = {c: n for c, n in self.received.items() if n > 1 + self.orders[c]}
        assert not twice, f"sent twice: {twice}"
        for shard in self.tables.shards.values():
            self.check_shard(shard)

    def check_shard(self, shard: Any) -> None:
        """Everyone in it is in one place, and its counters say the same as the ledger."""
        places = Counter(self.place(shard, n, contact) for n, contact in enumerate(shard.contacts))
        for outcome in (SENT, FAILED, SKIPPED):
            assert places[outcome] == shard.counts[outcome], (shard, places)

    def place(self, shard: Any, n: int, contact: int) -> int | str:
        if contact in self.tables.retries:
            return "in doubt" if contact in self.tables.lost_retries() else "deferred"
        final = self.tables.final(contact)
        if n >= shard.upto:
            assert final is None, f"{contact} has an outcome before a turn"
            return "waiting"
        return final or ("under way" if self.tables.held(shard) else "in doubt")

    # ── and how it ends ──

    def teardown(self) -> None:
        if hasattr(self, "engines"):
            try:
                if sys.exc_info()[0] is None:  # else a step has failed, and that is what counts
                    self.finish()
            finally:
                for engine in self.engines:
                    engine.kill(was_committed=False)

    def finish(self) -> None:
        """Everything works again: all issues come to their end by themselves."""
        for late in self.late:
            late()
        for issue, row in self.tables.issues.items():
            if row.state == PAUSED:
                self.tables.move(issue, SENDING)
        for _ in range(300):
            if all(row.is_finished for row in self.tables.issues.values()) and self.is_quiet():
                break
            self.one_good_second()
        else:
            raise AssertionError(f"it never ends: {self.tables.issues} {self.tables.retries}")
        self.check_end()

    def is_quiet(self) -> bool:
        return not any(len(engine.lane._books) for engine in self.engines)

    def one_good_second(self) -> None:
        for engine in self.engines:
            engine.frozen = False
            engine.run()
            while engine.calls or self.hand_over(engine, "takes"):
                if engine.calls:
                    engine.answer()
            engine.wire.give_up()
            engine.run()
            engine.follow()
        self.tables.tidy()
        waits = [retry.due - self.tables.now for retry in self.tables.retries.values() if retry.state == 0]
        self.now += (step := max(1.1, min(waits, default=25.0)))
        self.tables.advance(step)

    def check_end(self) -> None:
        self.check()
        places = {
            contact: self.place(shard, n, contact)
            for shard in self.tables.shards.values()
            for n, contact in enumerate(shard.contacts)
        }
        assert set(places) == EVERYONE
        for contact, place in places.items():
            assert place in (SENT, FAILED, SKIPPED, "in doubt"), f"{contact} is lost: {place}"
            if place == SENT:
                assert self.received[contact], f"{contact} counts as sent and got nothing"
            if self.received[contact] and not self.orders[contact]:
                assert place in (SENT, "in doubt"), f"{contact} got it and counts as {place}"
        in_doubt = sum(place == "in doubt" for place in places.values())
        assert in_doubt <= self.may_doubt, f"{in_doubt} in doubt, explained are {self.may_doubt}"


def explore(machine: type[Protocol], examples: int, steps: int = 40, start: int = 1) -> None:
    run_state_machine_as_test(
        seed(start)(machine),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LARGEST", WINDOW)


def test_no_schedule_sends_twice_or_loses_a_person() -> None:
    explore(Protocol, examples=150)


@pytest.mark.chaos
@pytest.mark.parametrize("start", range(10, 20))
def test_nor_does_any_of_thousands(start: int) -> None:
    explore(Protocol, examples=1000, steps=60, start=start)


def planted(fault: str) -> type[Protocol]:
    class Planted(Protocol):
        without = fault

    return Planted


def test_without_the_fence_around_windows_the_duplicate_is_found() -> None:
    with pytest.raises(AssertionError, match="sent twice"):
        explore(planted("fence"), examples=2000)


@pytest.mark.chaos
def test_without_opening_an_issue_again_the_lost_person_is_found() -> None:
    with pytest.raises(AssertionError, match=r"it never ends|is lost"):
        explore(planted("reopening"), examples=5000)


@pytest.mark.parametrize("fault", ["", "write-ahead of retries"])
def test_without_writing_retries_ahead_two_engines_try_the_same_one(fault: str) -> None:
    """One schedule, told: a deferred person comes due, and both engines ask for what is due."""
    schedule = planted(fault)()
    schedule.start()
    first, second = schedule.engines
    while not schedule.hand_over(first, "defers"):
        first.answer()
    schedule.an_engine_works(which=0, steps=200)
    (deferred,) = schedule.tables.retries
    schedule.time_goes_by(seconds=1100.0)
    schedule.time_goes_by(seconds=1.1)
    for _ in range(20):
        for engine in (first, second):
            if engine.calls:
                engine.answer()
    while any(schedule.hand_over(engine, "takes") for engine in (first, second)):
        pass
    assert (schedule.received[deferred] == 1) is not bool(fault)
    for engine in (first, second):
        engine.kill(was_committed=False)


__all__ = ["DONE", "Protocol"]
