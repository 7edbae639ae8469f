from datetime import UTC, datetime

import pytest

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.tracking import actions
from mailexpert.tracking.models import Event, Rollup
from mailexpert.tracking.queries import (
    Hits,
    LinkHits,
    Share,
    clicks_over_time,
    clicks_per_link,
    hits,
    machine_shares,
    shares,
)
from mailexpert.tracking.rules import Hour

NINE, TEN = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
ISSUE = 70


def tally(link: int, kind: int, hour: datetime, n: int) -> None:
    device, rule = (0, 1) if kind > 2 else (1, 0)
    Event.objects.create(
        issue_id=ISSUE,
        link=link,
        kind=kind,
        at=hour,
        n=n,
        device=device,
        provider="",
        country="NL",
        rule=rule,
    )


def some_hits() -> None:
    tally(-1, 1, NINE, 5)
    tally(-1, 3, NINE, 8)
    tally(0, 2, NINE, 3)
    tally(0, 2, TEN, 4)
    tally(2, 2, TEN, 1)
    tally(2, 4, TEN, 9)
    actions.rebuild(ISSUE)


def test_every_hit_is_in_one_of_the_four_sums(in_shop: Tenant) -> None:
    some_hits()
    assert hits(ISSUE) == Hits(opens=5, clicks=8, machine_opens=8, machine_clicks=9)


def test_an_issue_without_hits_has_four_zeros(in_shop: Tenant) -> None:
    assert hits(ISSUE) == Hits()


def test_clicks_stand_with_their_link_and_opens_with_none(in_shop: Tenant) -> None:
    some_hits()
    assert clicks_per_link(ISSUE) == [
        LinkHits(link=0, clicks=7, machine_clicks=0),
        LinkHits(link=2, clicks=1, machine_clicks=9),
    ]


def test_hours_show_what_people_did_and_leave_machines_out(in_shop: Tenant) -> None:
    some_hits()
    assert clicks_over_time(ISSUE) == [
        Hour(at=NINE, clicks=3, opens=5),
        Hour(at=TEN, clicks=5, opens=0),
    ]


def test_devices_and_countries_are_people_s_and_rules_machines_(in_shop: Tenant) -> None:
    some_hits()
    assert shares(ISSUE, Rollup.By.DEVICE) == [Share(name="1", opens=5, clicks=8)]
    assert shares(ISSUE, Rollup.By.COUNTRY) == [Share(name="NL", opens=5, clicks=8)]
    assert machine_shares(ISSUE) == [Share(name="1", opens=8, clicks=9)]


def test_adding_up_twice_gives_the_same(in_shop: Tenant) -> None:
    some_hits()
    before = list(Rollup.objects.order_by("by", "value", "kind").values_list("by", "value", "kind", "n"))
    actions.rebuild(ISSUE)
    after = list(Rollup.objects.order_by("by", "value", "kind").values_list("by", "value", "kind", "n"))
    assert before == after


def test_numbers_whose_events_are_gone_stay_as_they_are(in_shop: Tenant) -> None:
    some_hits()
    Event.objects.filter(at=NINE).delete()
    with pytest.raises(actions.EventsGone):
        actions.rebuild(ISSUE)
    assert hits(ISSUE).clicks == 8


def test_a_stranger_sees_no_hit_of_the_shop(in_shop: Tenant, stranger: Tenant) -> None:
    some_hits()
    with account(stranger.id):
        assert hits(ISSUE) == Hits()
        assert clicks_per_link(ISSUE) == []
        assert clicks_over_time(ISSUE) == []
