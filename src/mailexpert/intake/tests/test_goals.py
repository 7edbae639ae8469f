"""From what pages told to conversions, stored once, for the right mailing, without persons who didn't agree."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.intake import goals
from mailexpert.intake.sites import Told
from mailexpert.intake.tests.test_consent import READERS, SAID, mentions, say
from mailexpert.privacy.models import Consent
from mailexpert.sending.models import Issue, Shard
from mailexpert.tracking import actions
from mailexpert.tracking.models import (
    Channel,
    Conversion,
    ConversionLink,
    Goal,
    GoalDay,
    SiteMeasuring,
    SiteSeen,
)

HOUR = 3600


@pytest.fixture
def wire(in_shop: Tenant) -> Iterator[psycopg.Connection]:
    with beside_wall(Beside.TESTS):
        connection.ensure_connection()
        yield connection.connection


@pytest.fixture
def page(in_shop: Tenant) -> Goal:
    SiteMeasuring.objects.create()
    return Goal.objects.create(name="Bedankt", kind="page", pattern="/bedankt*")


@pytest.fixture
def order(in_shop: Tenant) -> Goal:
    return Goal.objects.create(name="Aankoop", kind="value", event="aankoop")


def make_issue(people: int = 20, **values: Any) -> Issue:
    made = Issue.objects.create(
        sender_address="info@winkel.example", subject="Tulpen", links=["https://winkel.example/"],
        purpose="newsletter", **{"tracking": "aggregate", **values},
    )  # fmt: skip
    Shard.objects.create(issue=made, n=1, contact_ids=list(range(1, people + 1)))
    return made


def line(tenant_id: int, **fields: Any) -> bytes:
    now = int(timezone.now().timestamp())
    told = {
        "account": tenant_id,
        "host": "winkel.example",
        "page": "/bedankt/1",
        "hour": now // HOUR,
        **fields,
    }
    return json.dumps({"site": 1, **told}).encode()


def clicked(issue: Issue, days_ago: int = 0, **fields: Any) -> dict[str, Any]:
    day = int(timezone.now().timestamp()) // 86_400 - days_ago
    return {"channel": 1, "issue": issue.id, "day": day, **fields}


def store(wire: psycopg.Connection, *lines: bytes, ahead: float = 0.0) -> None:
    now = timezone.now().timestamp()
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        goals.store(wire, list(lines), clock=now, here=now - ahead)


def days() -> set[tuple[str, int, int, int, int]]:
    names = dict(Goal.objects.values_list("id", "name"))
    rows = GoalDay.objects.values_list("goal_id", "channel", "issue_id", "n", "cents")
    return {(names[goal], *rest) for goal, *rest in rows}


def test_equal_pages_are_one_row_with_their_number(
    in_shop: Tenant, wire: psycopg.Connection, page: Goal
) -> None:
    issue = make_issue()
    store(
        wire, *[line(in_shop.id, **clicked(issue))] * 1000, line(in_shop.id), line(in_shop.id, page="/elders")
    )
    assert Conversion.objects.count() == 2
    assert days() == {("Bedankt", 1, issue.id, 1000, 0), ("Bedankt", 0, 0, 1, 0)}
    assert SiteSeen.objects.get().host == "winkel.example"


def test_an_order_that_comes_again_counts_once(
    in_shop: Tenant, wire: psycopg.Connection, page: Goal, order: Goal
) -> None:
    issue = make_issue()
    told = line(in_shop.id, goal="aankoop", cents=1250, currency="EUR", order="k1", **clicked(issue))
    store(wire, told, told)
    store(wire, told, line(in_shop.id, goal="aankoop", cents=99, currency="EUR", order="k1"))
    assert days() == {("Aankoop", 1, issue.id, 1, 1250)}


def test_amounts_without_a_number_are_added_up_by_currency(
    in_shop: Tenant, wire: psycopg.Connection, page: Goal, order: Goal
) -> None:
    store(wire, *[line(in_shop.id, goal="aankoop", cents=500, currency=c) for c in ("EUR", "EUR", "USD")])
    found = set(GoalDay.objects.values_list("currency", "n", "cents"))
    assert found == {("EUR", 2, 1000), ("USD", 1, 500)}


@pytest.mark.parametrize(("days_ago", "channel"), [(0, 1), (7, 1), (8, 0), (-1, 1), (-2, 0)])
def test_a_click_counts_inside_the_account_s_window(
    in_shop: Tenant, wire: psycopg.Connection, page: Goal, days_ago: int, channel: int
) -> None:
    store(wire, line(in_shop.id, **clicked(make_issue(), days_ago)))
    assert GoalDay.objects.get().channel == channel


def test_a_mailing_to_fewer_than_twenty_is_told_of_nobody(
    in_shop: Tenant, wire: psycopg.Connection, page: Goal
) -> None:
    store(wire, line(in_shop.id, **clicked(make_issue(19))))
    assert days() == {("Bedankt", 0, 0, 1, 0)}


def test_a_stranger_s_mailing_a_proof_and_one_that_measures_nothing_count_for_nothing(
    in_shop: Tenant, stranger: Tenant, wire: psycopg.Connection, page: Goal
) -> None:
    with account(stranger.id):
        theirs = make_issue()
    issues = [theirs, make_issue(kind=2), make_issue(tracking="none")]
    store(wire, *[line(in_shop.id, **clicked(issue)) for issue in issues])
    assert days() == {("Bedankt", 0, 0, 3, 0)}
    actions.set_measuring(highest="none", opens=False, assessment="")
    store(wire, line(in_shop.id, **clicked(make_issue())))
    assert days() == {("Bedankt", 0, 0, 4, 0)}


def test_a_stranger_s_goals_are_not_reached_by_this_shop_s_pages(
    in_shop: Tenant, stranger: Tenant, wire: psycopg.Connection, page: Goal
) -> None:
    with account(stranger.id):
        Goal.objects.create(name="Alles", kind="page", pattern="/*")
    store(wire, line(in_shop.id))
    with account(stranger.id):
        assert not Conversion.objects.exists()
    assert Conversion.objects.count() == 1


def test_an_archived_goal_counts_no_more(in_shop: Tenant, wire: psycopg.Connection, page: Goal) -> None:
    Goal.objects.update(archived_at=timezone.now())
    store(wire, line(in_shop.id))
    assert not Conversion.objects.exists()


def test_a_clock_that_is_a_day_off_is_put_right(
    in_shop: Tenant, wire: psycopg.Connection, page: Goal
) -> None:
    now = timezone.now()
    behind = int((now - timedelta(days=1)).timestamp()) // HOUR
    store(wire, line(in_shop.id, hour=behind), ahead=86_400)
    ahead = int((now + timedelta(days=1)).timestamp()) // HOUR
    store(wire, line(in_shop.id, hour=ahead))
    for at in Conversion.objects.values_list("at", flat=True):
        assert abs((now - at).total_seconds()) <= HOUR


@pytest.fixture
def readers(in_shop: Tenant) -> dict[str, Contact]:
    actions.set_measuring(highest="individual", opens=True, assessment="map 3")
    made = {
        name: Contact.objects.create(id=7_654_000 + n, email=f"{name}@voorbeeld.example")
        for n, name in enumerate(READERS)
    }
    for name, contact in made.items():
        for act in SAID[name]:
            say(contact, act)
    return made


def ordered(tenant: Tenant, issue: Issue, readers: dict[str, Contact]) -> list[bytes]:
    """The same order by each reader, from a page that has their consent and a mail that carried them."""
    return [
        line(tenant.id, goal="aankoop", cents=100, currency="EUR", order=f"k{one.id % 1000}{issue.id}",
             **clicked(issue, contact=one.id))
        for one in readers.values()
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "named", "counted"),
    [
        ("none", set(), False),
        ("aggregate", set(), True),
        ("last_active", set(), True),
        ("individual", {"agreed"}, True),
    ],
)
def test_an_order_names_only_who_agreed_in_the_mode_that_asks_for_it(
    in_shop: Tenant, wire: psycopg.Connection, readers: dict[str, Contact], page: Goal, order: Goal, mode: str,
    named: set[str], counted: bool,
) -> None:  # fmt: skip
    issue = make_issue(tracking=mode)
    store(wire, *ordered(in_shop, issue, readers))
    by_number = {contact.id: name for name, contact in readers.items()}
    found = {by_number[one] for one in ConversionLink.objects.values_list("contact_id", flat=True)}
    assert found == named
    assert days() == {("Aankoop", int(counted), issue.id if counted else 0, 5, 500)}
    assert mentions({one.id for name, one in readers.items() if name not in named}) == []


def test_who_withdraws_is_gone_and_their_order_stays_in_the_count(
    in_shop: Tenant, wire: psycopg.Connection, readers: dict[str, Contact], page: Goal, order: Goal
) -> None:
    store(wire, *ordered(in_shop, make_issue(tracking="individual"), readers))
    say(readers["agreed"], Consent.Act.ENDED)
    assert not ConversionLink.objects.exists()
    assert mentions({one.id for one in readers.values()}) == []
    assert sum(GoalDay.objects.values_list("n", flat=True)) == 5
    store(
        wire, *ordered(in_shop, make_issue(tracking="individual"), readers)
    )  # in a mail that was sent before
    assert not ConversionLink.objects.exists()


def test_days_are_those_of_our_pages() -> None:
    assert settings.TIME_ZONE == goals.ZONE
    assert [int(one) for one in Channel] == [int(one) for one in goals.Channel]


def test_a_page_is_no_event_and_an_event_no_page() -> None:
    page, event = goals.Goal(1, "page", "/a", ""), goals.Goal(2, "event", "", "klik")
    looked, done = (Told(account=1, host="h", page="/a", goal=goal) for goal in ("", "klik"))
    assert (page.is_reached(looked), page.is_reached(done)) == (True, False)
    assert (event.is_reached(looked), event.is_reached(done)) == (False, True)
