"""Pace, budget and the round: decisions on values."""

import pytest

from mailexpert.delivery.budget import Budget
from mailexpert.delivery.pace import Pace
from mailexpert.delivery.ports import Shard
from mailexpert.delivery.schedule import Round


def shard(number: int, *, left: int = 100, unsettled: int = 0, issue: int = 0) -> Shard:
    return Shard(
        account_id=1, issue_id=issue or number, id=number, upto=0, size=left, epoch=1, unsettled=unsettled
    )


@pytest.mark.parametrize(
    ("per_second", "window"), [(0.1, 1), (2, 1), (20, 10), (100, 50), (499, 250), (10_000, 250)]
)
def test_a_window_holds_at_most_a_second_and_250_turns(per_second: float, window: int) -> None:
    assert Pace(per_second=per_second).window == window


@pytest.mark.parametrize(
    ("before", "taken", "seconds", "after"),
    [(50, 25, 0.01, 200), (200, 100, 100.0, 1), (200, 100, 0.5, 200), (200, 0, 1.0, 200), (1, 1, 60.0, 0.5)],
)
def test_the_pace_falls_at_once_and_rises_stepwise(
    before: float, taken: int, seconds: float, after: float
) -> None:
    assert Pace(per_second=before).after(taken, seconds).per_second == after


def test_room_in_the_budget_goes_to_whoever_waits_longest() -> None:
    budget, called = Budget(10), []

    def large() -> None:
        called.append("large")

    def small() -> None:
        called.append("small")

    budget.take(10)
    assert not budget.has_room(8, large)
    assert not budget.has_room(1, small)
    budget.give_back(4)
    assert called == ["large"]
    assert not budget.has_room(1, small)  # though there would be room for it
    budget.give_back(4)
    assert budget.has_room(8, large)
    budget.take(8)
    budget.give_back(1)
    assert called[-1] == "small"
    assert budget.has_room(1, small)


def test_who_wants_no_room_any_more_lets_the_next_have_it() -> None:
    budget, called = Budget(10), []
    budget.take(10)

    def gone() -> None:
        called.append("gone")

    def waits() -> None:
        called.append("waits")

    assert not budget.has_room(5, gone)
    assert not budget.has_room(5, waits)
    budget.pass_by(gone)
    assert called == ["waits"]


def test_the_shards_take_turns() -> None:
    turns = Round()
    for number in (1, 2, 3):
        turns.add(shard(number))
    taken = [found.id for _ in range(6) if (found := turns.next(0.0))]
    assert taken == [3, 2, 1, 3, 2, 1]


def test_a_shard_with_two_windows_on_their_way_waits() -> None:
    turns = Round()
    turns.add(shard(1, unsettled=2))
    assert turns.next(0.0) is None


def test_an_issue_whose_shard_stalls_may_have_another() -> None:
    turns = Round()
    turns.add(shard(1, issue=9))
    assert turns.supplied_issues(100.0) == [9]
    stalled = turns.next(100.0)
    assert stalled is not None
    stalled.unsettled = 2
    assert turns.supplied_issues(101.0) == [9]
    assert turns.supplied_issues(104.0) == []


def test_an_issue_whose_shard_has_no_turn_left_needs_the_next_one() -> None:
    turns = Round()
    turns.add(shard(1, left=0))
    assert turns.supplied_issues(0.0) == []
    assert not turns.has_turns()
