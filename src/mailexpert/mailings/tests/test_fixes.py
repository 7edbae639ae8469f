"""The gate before sending: what blocks, what a button mends, and who went on in spite of a warning."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from mailexpert.accounts.actions import make_token
from mailexpert.base import weblink
from mailexpert.base.weblink import Answer
from mailexpert.content.values import Draft
from mailexpert.core.report_sections import Reported, tables
from mailexpert.core.scope import account
from mailexpert.mailings import actions, checks, fixes
from mailexpert.mailings.models import Decision, Mailing
from mailexpert.mailings.tests.cast import HTML, draft, people


@pytest.fixture
def mailing(shop):
    with account(shop.id):
        news, _rows = people(2)
        return draft(
            news,
            source=HTML.replace("</body>", "<a href='http://lindewoud.nl/x'>Lees het verslag</a></body>"),
        )


def at(name, mailing):
    return reverse(f"mailings:{name}", args=[mailing.id])


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("link_plain", "<a href='http://x.nl/a'>", "<a href='https://x.nl/a'>"),
        ("field_fallback", "Dag {{contact.first_name}}", "Dag {{ contact.first_name | default: 'lezer' }}"),
        ("field_fallback", "{{ contact.city }}", "{{ contact.city | default: '' }}"),
        ("field_fallback", "{{ contact.email }}", "{{ contact.email }}"),
        ("text_small", "<p style='font-size: 11px'>", "<p style='font-size: 14px'>"),
        ("text_small", '<mj-text font-size="12px">', '<mj-text font-size="14px">'),
        (
            "text_small",
            "<p style='font-size:1px'><p style='font-size:16px'>",
            "<p style='font-size:1px'><p style='font-size:16px'>",
        ),
        (
            "link_line",
            "<a href='x' style='color:red;text-decoration: none'>dit</a><style>p a:hover{text-decoration:none}</style>",
            "<a href='x' style='color:red;text-decoration: underline'>dit</a>"
            "<style>p a:hover{text-decoration:underline}</style>",
        ),
        (
            "link_line",
            "<a style='padding:8px;text-decoration:none'>Knop</a><style>.a{text-decoration:none}</style>",
            "<a style='padding:8px;text-decoration:none'>Knop</a><style>.a{text-decoration:none}</style>",
        ),
        (
            "table_scope",
            "<tr><th>Dag</th><th scope=col>Van</th></tr><tr><th class=x>ma</th><td>9</td></tr><thead>",
            "<tr><th scope='col'>Dag</th><th scope=col>Van</th></tr>"
            "<tr><th scope='row' class=x>ma</th><td>9</td></tr><thead>",
        ),
        (
            "table_role",
            "<table><td><table role='none'><td><p>a</p></table><TABLE><th>b</th></TABLE></table>",
            "<table role='presentation'><td><table role='none'><td><p>a</p></table><TABLE><th>b</th></TABLE></table>",
        ),
        (
            "table_role",
            "<table><tr><td>ma</td></tr></table><table><tr><td>9",
            "<table><tr><td>ma</td></tr></table><table><tr><td>9",
        ),
        ("subject_long", "a", "a"),
    ],
)
def test_what_can_be_mended_is(code, before, after):
    assert fixes.mended(Draft(kind="html", source=before), code).source == after


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("subject_capitals", "GROTE UITVERKOOP", "Grote uitverkoop"),
        ("subject_capitals", "{{ contact.first_name }}, KOM NU", "{{ contact.first_name }}, kom nu"),
        ("subject_marks", "Kom nu!! Het is feest! !", "Kom nu. Het is feest!"),
        ("subject_marks", "Kom", "Kom"),
    ],
)
def test_a_subject_is_mended_and_no_longer_warned_about(code, before, after):
    made = fixes.mended(Draft(kind="text", source="x", subject=before), code)
    assert made.subject == after


def test_a_link_that_leads_on_gets_the_address_where_it_leads():
    moved = {"https://a.nl/x": "https://b.nl/y?c=1&d=2"}
    source = '<a href="https://a.nl/x">a</a><a href="https://a.nl/xyz">b</a> https://a.nl/x'
    made = fixes.mended(Draft(kind="html", source=source), "link_moved", moved=moved)
    wanted = '<a href="https://b.nl/y?c=1&d=2">a</a><a href="https://a.nl/xyz">b</a> https://b.nl/y?c=1&d=2'
    assert made.source == wanted


def test_a_detour_is_cut_short_by_its_button(shop_client, shop, mailing, monkeypatch):
    there = Answer(status=200, final="https://elders.nl/verslag")
    monkeypatch.setattr(weblink, "look_all", lambda urls, _s: dict.fromkeys(urls, there))
    shop_client.post(at("look_at_links_again", mailing))
    assert "Nieuwe adres overnemen" in shop_client.get(at("show", mailing)).content.decode()
    shop_client.post(at("mend", mailing), {"code": "link_moved"})
    with account(shop.id):
        mailing.refresh_from_db()
    assert "https://elders.nl/verslag" in mailing.source


def test_a_button_that_mends_nothing_says_so(shop_client, mailing):
    page = shop_client.post(at("mend", mailing), {"code": "table_role"}, follow=True).content.decode()
    assert "Er is niets veranderd" in page


@pytest.mark.parametrize("code", sorted(fixes.AUTOMATIC))
def test_no_source_makes_a_button_slow(code):
    began = time.process_time()
    for piece in ("<a style='", "<table><th", "<tr><th>", "a{", "{{ contact.x ", "font-size:"):
        fixes.mended(Draft(kind="html", source=piece * (400_000 // len(piece))), code, moved={"x": "y"})
    assert time.process_time() - began < 10


def test_the_button_beside_a_check_mends_it(shop_client, shop, mailing):
    assert "Er https van maken" in shop_client.get(at("show", mailing)).content.decode()
    shop_client.post(at("mend", mailing), {"code": "link_plain"})
    with account(shop.id):
        mailing.refresh_from_db()
    assert "https://lindewoud.nl/x" in mailing.source


def test_a_dead_link_stops_the_mailing_until_it_is_mended(shop_client, shop, mailing, monkeypatch):
    monkeypatch.setattr(
        weblink, "look_all", lambda urls, _s: {url: Answer(status=404, final=url) for url in urls}
    )
    page = shop_client.get(at("look_at_links", mailing)).content.decode()
    assert "niet bestaat" in page
    assert 'data-check="link_dead"' in page
    with account(shop.id), pytest.raises(actions.CannotSend):
        actions.start(mailing)
    monkeypatch.setattr(
        weblink, "look_all", lambda urls, _s: {url: Answer(status=200, final=url) for url in urls}
    )
    shop_client.post(at("look_at_links_again", mailing))
    with account(shop.id):
        found, _content = checks.look_over(mailing)
    assert "link_dead" not in [check.code for check in found]


def test_who_goes_on_in_spite_of_a_warning_is_remembered(shop_client, shop, mailing):
    shop_client.post(at("send", mailing), {"when": "now"})
    with account(shop.id):
        kept = Decision.objects.get()
        assert Mailing.objects.get().state == "sending"
    assert kept.by_id == shop.owner.pk
    assert "link_plain" in [warning["code"] for warning in kept.warnings]


def test_the_report_says_who_went_on_and_past_what(shop_client, stranger_client, shop, mailing):
    shop_client.post(at("send", mailing), {"when": "now"})
    page = shop_client.get(reverse("reports:mailing", args=[mailing.id])).content.decode()
    told = page.partition('id="h-decisions"')[2].partition("</section>")[0]
    assert (shop.owner.full_name or shop.owner.email) in told
    assert "gaat naar http://" in told
    with account(shop.id):
        [table] = [
            one
            for one in tables(Reported(mailing_id=mailing.id, issues=[0], sent=0))
            if one.key == "decisions"
        ]
    assert any("gaat naar http://" in str(row[2]) for row in table.rows)


def test_a_program_that_goes_on_is_remembered_too(shop, mailing):
    with account(shop.id):
        token = make_token(shop.account, "kassa", created_by=shop.owner)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    answer = client.post(f"/api/v1/mailings/{mailing.id}/send", "{}", content_type="application/json")
    assert answer.status_code == 202
    with account(shop.id):
        kept = Decision.objects.get()
    assert "link_plain" in [warning["code"] for warning in kept.warnings]
    assert kept.by_id == shop.owner.pk


@pytest.mark.parametrize("name", ["look_at_links", "look_at_links_again", "mend"])
def test_a_stranger_finds_no_check(stranger_client, mailing, name):
    call = stranger_client.get if name == "look_at_links" else stranger_client.post
    assert call(at(name, mailing)).status_code == 404
