"""Figures for partners: no small group, no single account, no second draw, no budget beyond its end."""

from statistics import mean

import pytest

from mailexpert.accounts.models import Account
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.tests.clock import Clock
from mailexpert.site import rules_statistics as rules
from mailexpert.site import statistics
from mailexpert.site.models import Figure
from mailexpert.site.tests.cast import log_in, make_operator, staff

pytest.importorskip("opendp")


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ([10] * 20, True),
        ([10] * 19, False),
        ([10] * 19 + [100], False),
        ([0] * 50, False),
        ([1] * 400 + [10**9], False),
    ],
)
def test_only_groups_that_are_large_enough(values: list[int], fits: bool) -> None:
    assert rules.is_large_enough(values) is fits


def test_no_cell_under_the_minimum() -> None:
    made = rules.cells({"groot": [50] * 30, "klein": [50] * 19, "scheef": [1] * 30 + [500]})
    assert [cell.name for cell in made] == ["groot"]
    assert made[0].group == rules.SMALLEST


def test_the_noise_hides_an_account_that_counts_the_most() -> None:
    """Two neighbouring sets, one with and one without the largest account, give answers that overlap."""
    bound = rules.clamp_for([0] * 30)
    others = [bound // 2] * 29
    with_it = [rules.noisy_sum([*others, bound], epsilon=rules.COST) for _turn in range(400)]
    without = [rules.noisy_sum([*others, 0], epsilon=rules.COST) for _turn in range(400)]
    middle = mean([mean(with_it), mean(without)])
    told_right = sum(one > middle for one in with_it) + sum(one <= middle for one in without)
    assert told_right / 800 < 0.62  # e^0.25 / (1 + e^0.25) = 0.562 is the most a perfect guesser reaches


@pytest.mark.django_db
def test_a_differencing_attack_finds_nothing(clock: Clock) -> None:
    """An account comes, and the figure is asked again: it is the one that was published."""
    crowd(40)
    before = [(one.cell, one.value) for one in statistics.release("accounts")]
    crowd(1, start=40)
    assert [(one.cell, one.value) for one in statistics.release("accounts")] == before
    assert statistics.spent(rules.quarter(clock.now)) == rules.COST


@pytest.mark.django_db
def test_a_spent_budget_refuses(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(25)
    monkeypatch.setattr(rules, "BUDGET", 0.5)
    statistics.release("accounts")
    statistics.release("contacts")
    with pytest.raises(statistics.OverBudget):
        statistics.release("mails")
    clock.pass_(days=100)
    statistics.release("mails")


@pytest.mark.django_db
def test_the_console_draws_and_gives_csv(clock: Clock) -> None:
    make_operator()
    crowd(30)
    anna = log_in(staff("anna"))
    anna.post("/beheer/cijfers/accounts/")
    assert Figure.objects.get().cell == "NL"
    assert "accounts_at_least" in anna.get("/beheer/cijfers/accounts/csv/").content.decode()
    assert anna.get("/beheer/cijfers/").status_code == 200


def crowd(n: int, *, start: int = 0) -> None:
    with beside_wall(Beside.TESTS):
        Account.objects.bulk_create(
            Account(slug=f"a{number}", name=f"A{number}") for number in range(start, start + n)
        )
