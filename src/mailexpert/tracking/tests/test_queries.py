from datetime import UTC, datetime

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.tracking.models import Tally
from mailexpert.tracking.queries import Hits, HourHits, LinkHits, clicks_over_time, clicks_per_link, hits

NINE, TEN = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
ISSUE = 70


def tally(link: int, kind: int, hour: datetime, n: int) -> None:
    Tally.objects.create(issue_id=ISSUE, link=link, kind=kind, hour=hour, n=n)


def some_hits() -> None:
    tally(-1, 1, NINE, 5)
    tally(-1, 3, NINE, 8)
    tally(0, 2, NINE, 3)
    tally(0, 2, TEN, 4)
    tally(2, 2, TEN, 1)
    tally(2, 4, TEN, 9)


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
        HourHits(hour=NINE, clicks=3, opens=5),
        HourHits(hour=TEN, clicks=5, opens=0),
    ]


def test_a_stranger_sees_no_hit_of_the_shop(in_shop: Tenant, stranger: Tenant) -> None:
    some_hits()
    with account(stranger.id):
        assert hits(ISSUE) == Hits()
        assert clicks_per_link(ISSUE) == []
        assert clicks_over_time(ISSUE) == []
