from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.core.scope import account
from mailexpert.web.panels import Growth, growth, line, month_starts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 13, 10, tzinfo=UTC)


def contact(name: str, days_ago: int) -> Contact:
    made: Contact = Contact.objects.create(
        email=f"{name}@voorbeeld.nl", created_at=NOW - timedelta(days=days_ago)
    )
    return made


def test_growth_counts_who_is_there_who_came_and_who_left(in_shop: Tenant) -> None:
    shop_list = List.objects.create(name="Nieuwsbrief")
    for name, days_ago in {"anna": 200, "bram": 70, "cas": 3}.items():
        contact(name, days_ago)
    left = contact("daan", 100)
    Membership.objects.create(list=shop_list, contact=left, ended_at=NOW - timedelta(days=2))
    found = growth(NOW)
    assert (found.now, found.added, found.before, found.unsubscribed) == (4, 1, 3, 1)
    assert found.months[0] == (date(2026, 5, 1), 1)
    assert found.months[-1] == (date(2026, 11, 1), 4)
    assert len(found.months) == 7


def test_growth_knows_nothing_of_a_stranger(in_shop: Tenant, stranger: Tenant) -> None:
    with account(stranger.id):
        contact("vreemd", 3)
    assert growth(NOW).now == 0


def test_a_month_in_which_nobody_came_keeps_its_number(in_shop: Tenant) -> None:
    contact("anna", 75)
    assert growth(NOW).months == ((date(2026, 9, 1), 1), (date(2026, 10, 1), 1), (date(2026, 11, 1), 1))


def test_the_trend_looks_back_a_year_and_counts_who_was_there_before(in_shop: Tenant) -> None:
    contact("anna", 2000)
    found = growth(NOW)
    assert found.months[0] == (date(2025, 11, 1), 1)
    assert len(found.months) == 13


def test_a_month_begins_at_midnight_here_in_summer_too() -> None:
    starts = month_starts(timezone.localtime(NOW))
    assert {(start.day, start.hour) for start in starts} == {(1, 0)}
    assert len({start.utcoffset() for start in starts}) == 2


def test_two_months_are_no_trend() -> None:
    short = Growth(now=5, added=5, unsubscribed=0, months=((date(2026, 10, 1), 3), (date(2026, 11, 1), 5)))
    assert line(short) is None


def test_the_overview_shows_the_contacts_of_the_shop_only(
    in_shop: Tenant, shop_client: Client, stranger_client: Client
) -> None:
    Contact.objects.create(email="anna@voorbeeld.nl", created_at=timezone.now())
    assert "Erbij in 30 dagen" in shop_client.get("/").content.decode()
    assert "Erbij in 30 dagen" not in stranger_client.get("/").content.decode()
