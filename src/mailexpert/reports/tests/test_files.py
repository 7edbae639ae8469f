"""The report to take along: the same figures as the page, and nothing that a spreadsheet would run."""

import csv
import io

import pytest
from django.urls import reverse

from mailexpert.base.clock import now
from mailexpert.core import report_sections
from mailexpert.core.report_sections import Section, Table
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.reports import queries, tables
from mailexpert.reports.tests.test_attack import A, B, a_mailing, click
from mailexpert.tracking.models import Rollup


@pytest.fixture
def mailing(shop):
    with account(shop.id):
        made, _rows = a_mailing(40, f"{A} {B}", sent=38)
        click(made, 0, n=25)
        click(made, 1, n=4)
        return made


def rows_of(client, mailing):
    answer = client.get(reverse("reports:csv", args=[mailing.id]))
    assert answer["Content-Disposition"] == f'attachment; filename="rapport-{mailing.id}.csv"'
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_csv_says_what_the_page_says(shop_client, mailing):
    rows = rows_of(shop_client, mailing)
    assert ["Wat er van iedereen werd", "Gepland", "40"] in rows
    assert ["Wat er van iedereen werd", "Verzonden", "38"] in rows
    assert ["Kliks per link", "a", "https://winkel.example/a", "25", "0"] in rows
    assert ["Apparaten", "Telefoon", "29", ""] in rows


def test_the_rooms_sections_are_in_the_files_too_and_formulas_are_text(shop_client, mailing, monkeypatch):
    table = Table(key="goals", title="Doelen", head=["Doel", "n"], rows=[["=1+1", 3], ["–", None]])
    section = Section(
        key="goals", order=10, template="", context=lambda _told: None, tables=lambda _told: [table]
    )
    monkeypatch.setattr(report_sections, "_sections", {"goals": section})
    rows = rows_of(shop_client, mailing)
    assert ["Doelen", "'=1+1", "3"] in rows
    assert ["Doelen", "–", ""] in rows
    assert shop_client.get(reverse("reports:pdf", args=[mailing.id])).status_code == 200


def test_the_pdf_is_one_in_the_language_of_the_reader(shop_client, mailing):
    answer = shop_client.get(reverse("reports:pdf", args=[mailing.id]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"(nl)" in answer.content


def test_on_paper_a_mailing_of_many_hours_has_its_days(shop, mailing):
    with account(shop.id):
        this_hour = int(now().timestamp()) // 3600
        for n in range(1, 80):
            hour = str(3600 * (this_hour + n))
            Rollup.objects.create(issue_id=mailing.issue_id, by=Rollup.By.HOUR, value=hour, kind=2, n=1)
        report = queries.report(Mailing.objects.select_related("issue").get(id=mailing.id))
        written = {table.key: table.rows for table in tables.tables(report)}
        on_paper = {table.key: table.rows for table in tables.tables(report, on_paper=True)}
    assert "hours" not in on_paper
    assert len(on_paper["days"]) in (4, 5)
    assert sum(n for _day, n in on_paper["days"]) == sum(n for _hour, n in written["hours"]) == 29 + 79


def test_everyone_who_did_not_get_it_is_written_a_page_at_a_time(shop_client, shop, monkeypatch):
    monkeypatch.setattr("mailexpert.reports.views_people.ROWS", 3)
    with account(shop.id):
        made, _rows = a_mailing(30, A, sent=0)
        skip_everyone(made)
    text = shop_client.get(reverse("reports:not_sent", args=[made.id])).getvalue().decode("utf-8-sig")
    people = [row[0] for row in csv.reader(io.StringIO(text), delimiter=";")][1:]
    assert len(people) == len(set(people)) == 30


def skip_everyone(mailing):
    from mailexpert.sending.models import Delivery, Shard

    for shard in Shard.objects.filter(issue_id=mailing.issue_id):
        for contact in shard.contact_ids:
            Delivery.objects.create(
                issue_id=mailing.issue_id, contact_id=contact, attempt=1, outcome=3, code=contact % 3 + 1
            )
        Shard.objects.filter(id=shard.id).update(upto=shard.size, skipped=shard.size)
