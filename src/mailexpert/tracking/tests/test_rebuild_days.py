"""The sums of conversions by day, made anew from the conversions, are the ones that were counted as they came in."""

import random
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.intake.tests.test_goals import clicked, line, make_issue, store
from mailexpert.tracking import actions_goals, actions_orders
from mailexpert.tracking.actions_goals import Wanted
from mailexpert.tracking.actions_orders import Order
from mailexpert.tracking.models import Goal, GoalDay, SiteMeasuring

Rows = list[tuple[object, ...]]


@pytest.fixture
def wire(in_shop: Tenant) -> Iterator[psycopg.Connection]:
    with beside_wall(Beside.TESTS):
        connection.ensure_connection()
        yield connection.connection


@pytest.fixture
def goals(in_shop: Tenant) -> tuple[Goal, Goal]:
    SiteMeasuring.objects.create()
    page = actions_goals.make_goal(Wanted(name="Bedankt", kind="page", pattern="/bedankt*"))
    return page, actions_goals.make_goal(Wanted(name="Aankoop", kind="value", event="aankoop"))


def sums() -> Rows:
    names = (
        "day",
        "goal_id",
        "channel",
        "issue_id",
        "source",
        "medium",
        "campaign",
        "currency",
        "n",
        "cents",
    )
    return sorted(GoalDay.objects.values_list(*names), key=str)


def a_busy_month(tenant: Tenant, wire: psycopg.Connection, order: Goal, rng: random.Random) -> None:
    """Pages, orders told once and again, by pages and by the shop's server, advertising, and what came back."""
    issues = [make_issue() for _ in range(3)]
    sold: list[tuple[str, int]] = []
    for n in range(150):
        hour = int(timezone.now().timestamp()) // 3600 - rng.randrange(24 * 29)
        came = rng.choice(
            [
                {},
                clicked(rng.choice(issues)),
                {"channel": 2, "source": "google", "campaign": rng.choice("ab")},
            ]
        )
        number, cents = f"k{rng.randrange(60)}", rng.randrange(1, 9_999)
        match rng.randrange(4):
            case 0:
                store(wire, *[line(tenant.id, hour=hour, **came)] * rng.randrange(1, 9))
            case 1:
                told = {"goal": "aankoop", "cents": cents, "currency": "EUR", "order": number}
                store(wire, line(tenant.id, hour=hour, **told, **came))
            case 2:
                at = timezone.now() - timedelta(hours=rng.randrange(24 * 29))
                actions_orders.take(Order(number=f"s{n}", goal=order, cents=cents, currency="EUR", at=at))
                sold.append((f"s{n}", cents))
            case _ if sold:
                number, cents = rng.choice(sold)
                actions_orders.refund(number, rng.choice([None, 0, cents // 2, cents]))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_added_up_anew_they_are_the_same(
    in_shop: Tenant, wire: psycopg.Connection, goals: tuple[Goal, Goal], seed: int
) -> None:
    a_busy_month(in_shop, wire, goals[1], random.Random(seed))
    before = sums()
    assert len(before) > 40
    assert actions_goals.rebuild_days() == 0
    assert sums() == before
    GoalDay.objects.filter(day=GoalDay.objects.latest("day").day).delete()
    GoalDay.objects.filter(goal_id=goals[1].id).update(cents=F("cents") + 1)
    made_up = GoalDay(
        day=timezone.localdate(), goal_id=goals[0].id, channel=2, issue_id=0, source="x", medium="", campaign="",
        currency="", n=9, cents=0,
    )  # fmt: skip
    made_up.save(force_insert=True)
    assert actions_goals.rebuild_days() > 10
    assert sums() == before
    assert actions_goals.rebuild_days() == 0


def test_days_whose_conversions_are_no_longer_kept_stay_as_they_are(
    in_shop: Tenant, goals: tuple[Goal, Goal]
) -> None:
    for days_ago in (397, 396, 395):
        GoalDay(
            day=timezone.localdate() - timedelta(days=days_ago), goal_id=goals[0].id, channel=0, issue_id=0, source="",
            medium="", campaign="", currency="", n=days_ago, cents=0,
        ).save(force_insert=True)  # fmt: skip
    assert actions_goals.rebuild_days() == 1
    assert set(GoalDay.objects.values_list("n", flat=True)) == {397, 396}


def test_a_strangers_sums_are_left_alone(
    in_shop: Tenant, stranger: Tenant, wire: psycopg.Connection, goals: tuple[Goal, Goal]
) -> None:
    store(wire, line(in_shop.id))
    before = sums()
    assert before
    with account(stranger.id):
        assert actions_goals.rebuild_days() == 0
    assert sums() == before
