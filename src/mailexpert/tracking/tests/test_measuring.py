"""How far an account measures, chosen on its page; and what is too old goes by the month."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings.models import Mailing
from mailexpert.privacy import retention
from mailexpert.tracking import actions, jobs, queries
from mailexpert.tracking.models import Event, Measuring, Trail

PAGE = "/instellingen/meten/"
MAKE = "SELECT tracking_make_month(p, %s) FROM unnest(ARRAY['tracking_event', 'tracking_trail']) p"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_an_account_starts_with_clicks_added_up_and_no_opens(in_shop: Tenant) -> None:
    assert queries.limits() == queries.Limits(highest="aggregate", opens=False)
    assert queries.limits().allowed("individual") == "aggregate"


def test_the_choice_is_kept_and_is_nobody_else_s(shop: Tenant, shop_client: Client, stranger: Tenant) -> None:
    given = {"highest": "individual", "opens": "on", "assessment": "Map 3, 12 november"}
    assert shop_client.post(PAGE, given).status_code == 302
    with account(shop.id):
        kept = Measuring.objects.get()
    assert (kept.highest, kept.opens, kept.assessment) == ("individual", True, given["assessment"])
    with account(stranger.id):
        assert queries.limits().highest == "aggregate"


def test_nobody_is_followed_before_it_was_assessed_what_that_means(shop: Tenant, shop_client: Client) -> None:
    answer = shop_client.post(PAGE, {"highest": "last_active", "assessment": ""})
    assert answer.status_code == 422
    assert "artikel 35" in answer.content.decode()
    with account(shop.id):
        assert not Measuring.objects.exists()


def test_a_draft_offers_what_the_account_goes_to_and_no_more(shop: Tenant, shop_client: Client) -> None:
    with account(shop.id):
        mailing = Mailing.objects.create(name="Tulpen", tracking="individual")
    text = shop_client.get(f"/mailings/{mailing.id}/").content.decode()
    assert 'value="aggregate" selected' in text
    assert 'value="individual"' not in text
    with account(shop.id):
        actions.set_measuring(highest="individual", opens=False, assessment="x")
    assert 'value="individual" selected' in shop_client.get(f"/mailings/{mailing.id}/").content.decode()


def add(at: datetime) -> None:
    with beside_wall(Beside.TESTS), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tracking_make_month(p, %s) FROM unnest(ARRAY['tracking_event', 'tracking_trail']) p", [at]
        )
    Event.objects.create(issue_id=1, link=0, kind=2, at=at, device=0, provider="", country="", rule=0, n=1)
    Trail.objects.create(contact_id=1, issue_id=1, link=0, kind=2, at=at)


def parts(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname ~ %s", [table]
        )
        return {name for (name,) in cursor.fetchall()}


def test_months_that_are_too_old_go_whole_and_days_in_the_last_one(in_shop: Tenant) -> None:
    days = (1, 80, 100, 390, 430)
    for back in days:
        add(NOW - timedelta(days=back))
    with beside_wall(Beside.TESTS):
        done = {one.rule.table: one.rows for one in retention.carry_out(NOW)}
    assert (done["tracking_event"], done["tracking_trail"]) == (1, 3)
    assert sorted((NOW - at).days for at in Event.objects.values_list("at", flat=True)) == [1, 80, 100, 390]
    assert sorted((NOW - at).days for at in Trail.objects.values_list("at", flat=True)) == [1, 80]
    assert "tracking_event_2025_09" not in parts("tracking_event")
    assert "tracking_trail_2026_07" not in parts("tracking_trail")
    assert "tracking_trail_2026_09" in parts("tracking_trail")


@pytest.mark.django_db
def test_the_months_to_come_are_made_in_time_and_only_once() -> None:
    jobs.make_months.run()
    before = parts("tracking_event")
    jobs.make_months.run()
    assert parts("tracking_event") == before
    assert len(before) >= 3


def test_the_application_reaches_a_month_only_through_the_wall(in_shop: Tenant, stranger: Tenant) -> None:
    add(NOW)
    with account(stranger.id):
        assert not Event.objects.exists()
        with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute("SELECT count(*) FROM tracking_event_2026_11")
