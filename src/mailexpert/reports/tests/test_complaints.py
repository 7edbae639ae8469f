"""What a report says of readers who marked the mailing as spam."""

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import reverse

from mailexpert.accounts.actions import make_token
from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact, List, Membership
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.reports import queries, rules_complaints
from mailexpert.reports.tables import tables
from mailexpert.sending.models import Complaint, Delivery, Issue, Shard


def sent_to(shop: Tenant, n: int) -> tuple[Mailing, list[Contact]]:
    with account(shop.id):
        news, rows = people(n)
        made = draft(news, source="<p>Hallo</p>")
        actions.start(made)
        made.refresh_from_db()
        Delivery.objects.bulk_create(
            Delivery(issue_id=made.issue_id, contact_id=row.id, attempt=1, outcome=1, code=250)
            for row in rows
        )
        Shard.objects.filter(issue_id=made.issue_id).update(upto=n, sent=n)
        return made, rows


def complain(mailing: Mailing, rows: Iterable[Contact]) -> None:
    for row in rows:
        Complaint.objects.create(issue_id=mailing.issue_id, contact_id=row.id, via=Complaint.Via.REPORT)


def page(client: Client, name: str, mailing: Mailing) -> str:
    return client.get(reverse(f"reports:{name}", args=[mailing.id])).content.decode()


@pytest.mark.parametrize(
    ("complained", "sent", "level"),
    [
        (0, 0, ""),
        (0, 5_000_000, ""),
        (1, 19, ""),
        (1, 20, "serious"),
        (1, 1_000, ""),  # exactly 0.1 %
        (1, 999, "quiet"),
        (2, 1_000, "quiet"),
        (3, 1_000, "quiet"),  # exactly 0.3 %
        (4, 1_000, "serious"),
        (15_001, 5_000_000, "serious"),
    ],
)
def test_a_tenth_of_a_percent_is_a_warning_and_three_tenths_are_serious(
    complained: int, sent: int, level: str
) -> None:
    assert rules_complaints.level(complained, sent) == level


def test_the_report_counts_them_and_says_what_to_do(shop_client: Client, shop: Tenant) -> None:
    mailing, rows = sent_to(shop, 30)
    quiet = page(shop_client, "mailing", mailing)
    assert "Klachten" in quiet
    assert "me-notice-error" not in quiet
    with account(shop.id):
        complain(mailing, rows[:2])
        report = queries.report(mailing)
        assert (report.complained, report.complaints) == (2, "serious")
        [table] = [one for one in tables(report) if one.key == "clicks"]
        assert ["Klachten", 2] in table.rows
    text = page(shop_client, "mailing", mailing)
    assert "Te veel lezers meldden dit als spam" in text
    assert "6,67" in text
    assert "Klachten;2" in page(shop_client, "csv", mailing)


def test_the_list_names_them_from_twenty_readers_on(shop_client: Client, shop: Tenant) -> None:
    mailing, rows = sent_to(shop, 20)
    assert "Niemand meldde deze mailing als spam" in page(shop_client, "complaints", mailing)
    with account(shop.id):
        complain(mailing, rows[:2])
        Membership.objects.filter(contact_id=rows[1].id).delete()
        Contact.objects.filter(id=rows[1].id).delete()
    text = page(shop_client, "complaints", mailing)
    assert rows[0].email in text
    assert "inmiddels verwijderd" in text
    assert rows[2].email not in text


def test_of_fewer_readers_it_tells_how_many_and_not_who(shop_client: Client, shop: Tenant) -> None:
    mailing, rows = sent_to(shop, 19)
    with account(shop.id):
        complain(mailing, rows[:1])
    text = page(shop_client, "complaints", mailing)
    assert "1 ontvanger meldde deze mailing als spam" in text
    assert rows[0].email not in text


def test_the_list_goes_on_page_by_page(
    shop_client: Client, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing, rows = sent_to(shop, 25)
    monkeypatch.setattr("mailexpert.reports.views_complaints.PAGE", 10)
    with account(shop.id):
        complain(mailing, rows)
    url, seen = reverse("reports:complaints", args=[mailing.id]), []
    after = 0
    while True:
        answer = shop_client.get(url, {"after": after})
        seen += [one.contact_id for one in answer.context["people"]]
        if not (after := answer.context["next"]):
            break
    assert seen == [row.id for row in rows]
    assert shop_client.get(url, {"after": "x" * 40}).status_code == 200


def test_a_complaint_about_a_version_that_was_tried_counts_for_the_mailing(
    shop: Tenant,
) -> None:
    mailing, rows = sent_to(shop, 20)
    with account(shop.id):
        version = Issue.objects.create(
            sender_address="a@winkel.example", subject="B", purpose="newsletter", lead_id=mailing.issue_id
        )
        Complaint.objects.create(issue_id=version.id, contact_id=rows[3].id, via=1)
        assert queries.report(mailing).complained == 1


def test_the_api_tells_them_too(shop: Tenant, shop_client: Client) -> None:
    mailing, rows = sent_to(shop, 20)
    with account(shop.id):
        complain(mailing, rows[:1])
    reader = Client(headers={"Authorization": f"Bearer {make_token(shop.account, 'lezen')}"})
    answer = reader.get(f"/api/v1/mailings/{mailing.id}")
    assert answer.json()["counts"]["complained"] == 1
    report = reader.get(f"/api/v1/mailings/{mailing.id}/report")
    assert report.json()["mailing"]["counts"]["complained"] == 1


def test_mailings_side_by_side_have_their_complaints(shop: Tenant, shop_client: Client) -> None:
    mailing, rows = sent_to(shop, 20)
    with account(shop.id):
        complain(mailing, rows[:1])
        other = draft(List.objects.get(id=mailing.list_ids()[0]), source="<p>Hallo</p>")
        actions.start(other)
    asked = shop_client.get(reverse("reports:compare"), {"m": [mailing.id, other.id]})
    assert "Klachten, van wie hem kreeg" in asked.content.decode()


def test_a_stranger_finds_no_complaint(stranger_client: Client, shop: Tenant) -> None:
    mailing, rows = sent_to(shop, 20)
    with account(shop.id):
        complain(mailing, rows[:1])
    assert stranger_client.get(reverse("reports:complaints", args=[mailing.id])).status_code == 404
