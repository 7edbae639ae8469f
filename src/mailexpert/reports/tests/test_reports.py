"""The report of a mailing adds up to the person, and says why."""

import csv
import io

import pytest
from django.urls import reverse

from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.reports import queries, words
from mailexpert.reports.queries_measured import measured
from mailexpert.sending.models import Delivery, Issue, Reply, Shard
from mailexpert.tracking.models import Rollup


@pytest.fixture
def mailing(shop):
    """Ten people: six sent, one refused, one skipped, two still waiting."""
    with account(shop.id):
        news, rows = people(10)
        made = draft(news, source='<p><a href="https://winkel.example/a">Het verhaal</a></p>')
        actions.start(made)
        made.refresh_from_db()
        settle(made, rows)
        return made


def settle(mailing, rows):
    def note(row, outcome, code):
        Delivery.objects.create(
            issue_id=mailing.issue_id, contact_id=row.id, attempt=1, outcome=outcome, code=code
        )

    for row in rows[:6]:
        note(row, 1, 250)
    note(rows[6], 2, 550)
    note(rows[7], 3, 1)
    Reply.objects.create(
        issue_id=mailing.issue_id, contact_id=rows[6].id, attempt=1, text="550 5.1.1 onbekend"
    )
    Shard.objects.filter(issue_id=mailing.issue_id).update(upto=8, sent=6, failed=1, skipped=1)


def page(client, name, mailing):
    return client.get(reverse(f"reports:{name}", args=[mailing.id]))


def test_the_sum_on_the_page_adds_up(shop_client, mailing, shop):
    with account(shop.id):
        counts = queries.report(mailing).counts
    assert (counts.planned, counts.sent, counts.failed, counts.skipped, counts.waiting) == (10, 6, 1, 1, 2)
    text = page(shop_client, "mailing", mailing).content.decode()
    assert "Uitgeschreven vóór hun beurt" in text
    assert "Het adres bestaat niet of weigert mail" in text


def test_every_link_stands_there_with_its_clicks(shop_client, mailing, shop):
    with account(shop.id):
        for kind, n in ((2, 3), (4, 2)):
            Rollup.objects.create(issue_id=mailing.issue_id, by=Rollup.By.LINK, value="0", kind=kind, n=n)
        (link,) = queries.links(mailing)
    assert (link.page, link.clicks, link.machine_clicks) == ("winkel.example/a", 3, 2)
    assert "winkel.example/a" in page(shop_client, "mailing", mailing).content.decode()


def test_the_list_of_who_did_not_get_it_names_them_and_why(shop_client, mailing):
    text = page(shop_client, "not_sent", mailing).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert {(row[0], row[1]) for row in rows[1:]} == {
        ("lezer6@voorbeeld.example", "mislukt"),
        ("lezer7@voorbeeld.example", "overgeslagen"),
    }


def test_a_reason_to_wait_is_said_in_words(shop_client, mailing, shop):
    with account(shop.id):
        Issue.objects.update(reason="relay_unreachable")
    assert "niet bereikbaar" in page(shop_client, "progress", mailing).content.decode()


@pytest.mark.parametrize(
    "code", ["relay_unreachable", "relay_refuses", "relay_login", "relay_tls", "cannot_compose", "x"]
)
def test_every_reason_has_words(code):
    assert words.reason(code)
    assert words.reason("") == ""


def test_a_mailing_that_is_done_closes_when_somebody_looks(shop_client, mailing, shop):
    with account(shop.id):
        Issue.objects.update(state=3)
    assert "Verzonden" in page(shop_client, "mailing", mailing).content.decode()
    with account(shop.id):
        mailing.refresh_from_db()
    assert mailing.state == "sent"


def test_a_draft_has_no_report_yet(shop_client, shop):
    with account(shop.id):
        news, _rows = people(1)
        made = draft(news)
    assert page(shop_client, "mailing", made)["Location"] == reverse("mailings:show", args=[made.id])


def test_the_reports_and_the_dashboard_show_it(shop_client, mailing):
    assert mailing.name in shop_client.get(reverse("reports:index")).content.decode()
    assert mailing.name in shop_client.get("/").content.decode()


@pytest.mark.parametrize("name", ["mailing", "progress", "not_sent"])
def test_a_stranger_finds_nothing(stranger_client, mailing, name):
    assert page(stranger_client, name, mailing).status_code == 404


def add(issue: int, by: Rollup.By, value: str, **kinds: int) -> None:
    numbers = {"opens": 1, "clicks": 2, "machine_opens": 3, "machine_clicks": 4}
    for name, n in kinds.items():
        Rollup.objects.create(issue_id=issue, by=by, value=value, kind=numbers[name], n=n)


def test_machines_stand_beside_people_with_what_told_them_apart(shop_client, mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.TOTAL, "", clicks=5, machine_clicks=7, machine_opens=2)
        add(mailing.issue_id, Rollup.By.RULE, "10", machine_clicks=7)
        add(mailing.issue_id, Rollup.By.RULE, "4", machine_opens=2)
    text = page(shop_client, "mailing", mailing).content.decode()
    assert "Volgde een link die niemand kan zien" in text
    assert "Apples Privacybescherming in Mail" in text


def test_few_people_are_not_split_by_device(mailing, shop):
    with account(shop.id):
        add(mailing.issue_id, Rollup.By.DEVICE, "1", clicks=5)
        assert measured(mailing, sent=19).devices == []
        assert [(row.label, row.clicks) for row in measured(mailing, sent=20).devices] == [("Telefoon", 5)]
