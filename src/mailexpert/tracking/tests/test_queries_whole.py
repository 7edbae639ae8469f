"""What one look at the roll-ups finds is what each question of its own finds."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailexpert.core.scope import account
from mailexpert.sending.models import Issue
from mailexpert.sending.queries import family
from mailexpert.tracking import queries
from mailexpert.tracking.models import Rollup
from mailexpert.tracking.queries_whole import PROPERTIES, whole

By = Rollup.By


@pytest.fixture
def counted(in_shop):
    rows = [
        (By.TOTAL, "", 1, 3), (By.TOTAL, "", 2, 9), (By.TOTAL, "", 4, 5),
        (By.LINK, "0", 2, 7), (By.LINK, "1", 2, 2), (By.LINK, "1", 4, 5), (By.LINK, "-1", 1, 3),
        (By.HOUR, "1795510800", 2, 9), (By.HOUR, "1795507200", 1, 3), (By.HOUR, "1795507200", 4, 5),
        (By.DEVICE, "1", 2, 4), (By.DEVICE, "3", 2, 4), (By.DEVICE, "3", 1, 2), (By.COUNTRY, "NL", 2, 9),
        (By.RULE, "6", 4, 5),
    ]  # fmt: skip
    Rollup.objects.bulk_create(
        Rollup(issue_id=5, by=by, value=value, kind=kind, n=n) for by, value, kind, n in rows
    )


def test_one_look_finds_what_each_question_finds(counted):
    found = whole([5])
    assert found.hits == queries.hits(5)
    assert found.clicks_per_link == queries.clicks_per_link(5)
    assert found.clicks_over_time == queries.clicks_over_time(5)
    assert found.machine_shares == queries.machine_shares(5)
    assert found.shares == {by: queries.shares(5, by) for by in PROPERTIES}


def test_the_versions_that_were_tried_first_count_too(counted):
    lead, version = (Issue.objects.create(subject=name, sender_address="a@b.example") for name in "ab")
    Issue.objects.filter(id=version.id).update(lead=lead)
    for issue, n in ((lead, 3), (version, 4)):
        for by, value in ((By.TOTAL, ""), (By.LINK, "0"), (By.HOUR, "1795507200"), (By.DEVICE, "1")):
            Rollup.objects.create(issue_id=issue.id, by=by, value=value, kind=2, n=n)
    found = whole(family(lead.id))
    assert found.hits == queries.hits(lead.id) == queries.Hits(clicks=7)
    assert found.clicks_per_link == queries.clicks_per_link(lead.id)
    assert found.clicks_over_time == queries.clicks_over_time(lead.id)
    assert found.shares == {by: queries.shares(lead.id, by) for by in PROPERTIES}


def test_of_what_nobody_asked_for_there_is_nothing(in_shop, stranger):
    assert whole([5]).hits == queries.Hits()
    with account(stranger.id):
        assert whole([5]).clicks_per_link == []


def test_only_what_is_asked_for_is_looked_up(counted):
    found = whole([5], by=(By.TOTAL, By.LINK))
    assert (found.hits, found.clicks_per_link) == (queries.hits(5), queries.clicks_per_link(5))
    assert [*found.clicks_over_time, *found.by_five_minutes, *found.machine_shares] == []
    assert not any(found.shares.values())


def test_later_hours_lie_together_by_the_day_where_the_reader_is_under_their_last_one(in_shop):
    at = [datetime(2026, 10, *time, tzinfo=ZoneInfo("Europe/Amsterdam")) for time in (
        (23, 23), (24, 0), (24, 9), (25, 0), (25, 1), (25, 23), (26, 0)
    )]  # fmt: skip
    Rollup.objects.bulk_create(
        Rollup(issue_id=5, by=By.HOUR, value=str(int(hour.timestamp())), kind=2, n=10**n)
        for n, hour in enumerate(at)
    )
    found = [(one.at, one.clicks) for one in whole([5], days_from=at[2]).clicks_over_time]
    assert found == [(at[0], 1), (at[1], 10), (at[2], 100), (at[5], 111_000), (at[6], 1_000_000)]
