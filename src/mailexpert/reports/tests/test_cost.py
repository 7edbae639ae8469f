"""What a page of reports asks of the database doesn't grow with what it shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mailexpert.contacts.models import List
from mailexpert.core.scope import account
from mailexpert.mailings.models import AudienceList
from mailexpert.reports.tests.test_attack import A, B, a_mailing, click, only_for
from mailexpert.sending.models import DomainCount, Issue
from mailexpert.tracking.models import Rollup

LINK = '<a href="https://winkel.example/{0}">{0}</a>'


@pytest.fixture
def asked(shop_client):
    """How many questions a page asks, once what stays in memory is there."""

    def count(address, **data):
        assert shop_client.get(address, data).status_code == 200
        with CaptureQueriesContext(connection) as found:
            shop_client.get(address, data)
        return len(found)

    return count


def some_mailings(numbers):
    """One that went to all alike, one with a link for nobody knows whom, and one of two versions."""
    made = []
    for n in numbers:
        mailing, _rows = a_mailing(21 + n, f"{A} {B}")
        made.append(mailing)
        click(mailing, 0, n=4)
        if n % 3 == 1:
            only_for(mailing, "{% if contact.segment-7 %}", "{% endif %}")
        if n % 3 == 2:
            Issue.objects.create(lead_id=mailing.issue_id, subject="B", sender_address="a@b.example")
    return made


@pytest.mark.parametrize("name", ["index", "compare"])
def test_a_list_of_many_mailings_asks_as_much_as_one_of_few(asked, shop, name):
    with account(shop.id):
        few = some_mailings(range(3))
    chosen = {"m": [one.id for one in few]} if name == "compare" else {}
    before = asked(reverse(f"reports:{name}"), **chosen)
    with account(shop.id):
        many = some_mailings(range(3, 5 if name == "compare" else 9))
    chosen = {"m": [one.id for one in few + many]} if name == "compare" else {}
    assert asked(reverse(f"reports:{name}"), **chosen) == before


@pytest.mark.parametrize("name", ["mailing", "progress"])
def test_a_report_asks_as_much_whatever_it_is_about(asked, shop, name):
    with account(shop.id):
        small, _rows = a_mailing(3, A)
        large, _rows = a_mailing(60, f"{A} {B}")
        for n in range(12):
            more = List.objects.create(name=f"Lijst {n}", purpose="newsletter")
            AudienceList.objects.create(mailing=large, list=more)
        for link in range(2):
            click(large, link, n=40)
    before = asked(reverse(f"reports:{name}", args=[small.id]))
    assert asked(reverse(f"reports:{name}", args=[large.id])) == before
    assert before <= 22


@pytest.mark.parametrize("name", ["mailing", "map", "csv", "pdf"])
def test_links_days_and_domains_cost_no_more_questions(asked, shop, name):
    with account(shop.id):
        mailing, _rows = a_mailing(60, "".join(LINK.format(n) for n in range(40)))
        click(mailing, 0, n=40)
    before = asked(reverse(f"reports:{name}", args=[mailing.id]))
    with account(shop.id):
        for n in range(1, 40):
            click(mailing, n, n=3)
            hour = str(1795510800 + 3600 * 24 * n)
            Rollup.objects.create(issue_id=mailing.issue_id, by=Rollup.By.HOUR, value=hour, kind=2, n=3)
            DomainCount.objects.create(issue_id=mailing.issue_id, domain=f"d{n}.example", sent=20, failed=n)
    assert asked(reverse(f"reports:{name}", args=[mailing.id])) == before


def test_the_report_names_the_lists_that_it_went_to_also_archived_ones(shop_client, shop):
    with account(shop.id):
        mailing, _rows = a_mailing(21, A)
        List.objects.create(name="Zonder deze", purpose="newsletter")
        List.objects.update(archived_at=mailing.created_at)
    text = shop_client.get(reverse("reports:mailing", args=[mailing.id])).content.decode()
    assert "Lijst van 21" in text
    assert "Zonder deze" not in text
