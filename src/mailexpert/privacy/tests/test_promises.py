"""What the registry of promises holds, and what becomes of a check's result."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from mailexpert.base import clock, env
from mailexpert.core import promises
from mailexpert.core.beside import Beside
from mailexpert.core.promises import Ground, Outcome, Part, Promise, State, broken, kept
from mailexpert.core.scope import beside_wall
from mailexpert.privacy import actions_promises
from mailexpert.privacy.models import PromiseState, PromiseTurn
from mailexpert.privacy.queries import by_section, history, promise_sum, public_promises

PROMISE = Promise(
    id="A5", section="mail", text="x", means="y", doing="z", parts=(Part(key="try", label="the try"),)
)
Said = list[Outcome]


@pytest.fixture
def told() -> Iterator[Said]:
    """A promise whose only check says what it is told."""
    answers: Said = []

    @promises.check("A5", "try")
    def look(_ground: Ground) -> Outcome:
        return answers[-1]

    yield answers
    del promises._looks["A5", "try"]


def test_every_promise_of_the_policy_is_there_in_two_languages() -> None:
    assert [promise.id for promise in promises.promises()] == [f"A{number}" for number in range(1, 33)]
    assert all(promise.parts for promise in promises.promises())
    said = [
        words for promise in promises.promises() for words in (promise.text, promise.means, promise.doing)
    ]
    assert len(set(said)) == len(said) == 96
    with translation.override("nl"):
        assert [words for words in said if translation.gettext(words) == words] == []


def test_every_check_is_one_that_a_promise_asks_for() -> None:
    assert promises.strays() == []


@pytest.mark.django_db
def test_a_part_that_nobody_checks_is_not_built() -> None:
    verdict = promises.examine(PROMISE, Ground(env=env.load(), now=clock.now()))
    assert verdict.state == State.NOT_BUILT
    assert str(verdict.said[0]) == "nog niet gebouwd: the try"


@pytest.mark.django_db
def test_a_check_that_can_t_run_has_found_a_broken_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(_ground: Ground) -> Outcome:
        raise OSError(111, "nobody answers")

    monkeypatch.setitem(promises._looks, ("A5", "try"), look)
    verdict = promises.examine(PROMISE, Ground(env=env.load(), now=clock.now()))
    assert verdict.state == State.BROKEN
    assert "nobody answers" in str(verdict.said[0])


@pytest.mark.django_db
def test_the_heaviest_part_decides() -> None:
    order = [State.BROKEN, State.NOT_BUILT, State.CHECKING, State.KEPT]
    for position, state in enumerate(order):
        assert promises._worst(order[position:]) == state


@pytest.mark.django_db
def test_a_result_is_kept_with_its_moment_and_each_change_in_the_history(told: Said) -> None:
    with time_machine.travel("2026-11-22 10:00Z", tick=False) as clock_hand, beside_wall(Beside.TESTS):
        for outcome, hours in (
            (kept("fine"), 1),
            (kept("fine"), 1),
            (broken("gone"), 1),
            (broken("gone"), 30),
        ):
            told.append(outcome)
            actions_promises.check(PROMISE)
            clock_hand.shift(timedelta(hours=hours))
        told.append(broken("gone"))
        actions_promises.check(PROMISE)
        state = PromiseState.objects.get(promise="A5")
        turns = [(turn.state, turn.at.hour) for turn in history("A5")]
    assert (state.state, state.since.hour, state.checked_at.day) == ("broken", 12, 23)
    # The last one says that the check still runs, a day after.
    assert turns == [("broken", 19), ("broken", 12), ("kept", 10)]


@pytest.mark.django_db
def test_what_nobody_checked_lately_is_broken() -> None:
    with beside_wall(Beside.TESTS):
        old = clock.now() - timedelta(hours=4)
        PromiseState.objects.create(
            promise="A5", state="kept", said=[["fine", {}]], checked_at=old, since=old
        )
    standing = next(one for one in public_promises("nl") if one.id == "A5")
    assert standing.state == "broken"
    assert standing.evidence == ("de controle draait niet meer", "fine")


@pytest.mark.django_db
def test_before_the_first_check_a_promise_is_being_checked() -> None:
    found = public_promises("en")
    assert {one.state for one in found} == {"checking"}
    assert found[0].evidence == ("not checked yet",)
    assert promise_sum(found).state == "checking"
    assert sum(len(section.promises) for section in by_section(found)) == 32


@pytest.mark.django_db
def test_nobody_can_set_a_promise_by_hand() -> None:
    """The role that serves pages may only read results."""
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PromiseState.objects.create(promise="A5", state="kept", checked_at=clock.now(), since=clock.now())
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PromiseTurn.objects.create(promise="A5", state="kept", at=clock.now())


@pytest.mark.django_db
def test_what_a_check_does_to_the_database_is_undone() -> None:
    @promises.check("A5", "try")
    def look(_ground: Ground) -> Outcome:
        PromiseTurn.objects.create(promise="A9", state="kept", at=clock.now())
        return kept("fine")

    with beside_wall(Beside.TESTS):
        assert promises.examine(PROMISE, Ground(env=env.load(), now=clock.now())).is_kept
        assert not PromiseTurn.objects.exists()
    del promises._looks["A5", "try"]
