"""The pages of a mailing, and who may open them."""

import re

import pytest
from django.urls import reverse

from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.mailings.views import drafts


@pytest.fixture
def mailing(shop):
    with account(shop.id):
        news, _rows = people(3)
        return draft(news)


def at(name, mailing):
    return reverse(f"mailings:{name}", args=[mailing.id])


def test_an_empty_account_is_led_to_its_first_mailing(shop_client):
    page = shop_client.get(reverse("mailings:index"))
    assert page.status_code == 200
    assert reverse("mailings:gallery") in page.content.decode()


def test_the_list_shows_each_mailing(shop_client, mailing):
    assert mailing.name in shop_client.get(reverse("mailings:index")).content.decode()


def test_a_new_mailing_begins_from_a_starter(shop_client, shop):
    answer = shop_client.post(reverse("mailings:new"), {"starter": "newsletter"})
    with account(shop.id):
        made = Mailing.objects.get()
    assert answer["Location"] == at("show", made)
    assert "<mjml" in made.source


def test_the_compose_page_counts_the_people_and_says_what_is_wrong(shop_client, mailing, shop):
    with account(shop.id):
        Mailing.objects.update(subject="")
    page = shop_client.get(at("show", mailing)).content.decode()
    assert "De mailing heeft geen onderwerp" in page
    assert "disabled" in page


def test_a_moment_is_no_choice_once_it_is_asked_and_thousands_have_a_point(shop_client, shop):
    with account(shop.id):
        mailing = draft(people(1_001)[0])
    page = shop_client.get(at("show", mailing)).content.decode()
    sending = page.partition('id="sending"')[2].partition("</section>")[0]
    assert "mag leeg blijven" not in sending
    assert "1.001 mensen krijgen hem" in page


def test_senders_of_earlier_mailings_are_offered_once_and_never_a_stranger_s(
    shop_client, mailing, shop, stranger
):
    with account(stranger.id):
        draft(sender="Vreemd <x@vreemd.example>")
    with account(shop.id):
        draft(sender="Bestuur <bestuur@winkel.example>")
        draft(sender="Bestuur <bestuur@winkel.example>")
    page = shop_client.get(at("show", mailing)).content.decode()
    offered = page.partition('<datalist id="senders">')[2].partition("</datalist>")[0]
    assert offered.count("bestuur@winkel.example") == 1
    assert offered.index("bestuur@") < offered.index("nieuws@winkel.example")
    assert "vreemd" not in page


def test_what_is_written_is_kept_and_the_parts_that_follow_come_back(shop_client, mailing, shop):
    with account(shop.id):
        lists = mailing.list_ids()
    fields = {
        "name": "Kerst", "sender": "nieuws@winkel.example", "subject": "Kerstpakketten", "preheader": "",
        "kind": "html", "source": "<p>Hoi</p>", "tracking": "none", "language": "nl", "lists": lists,
    }  # fmt: skip
    page = shop_client.post(at("save", mailing), fields, headers={"HX-Request": "true"}).content.decode()
    with account(shop.id):
        mailing.refresh_from_db()
    assert (mailing.name, mailing.subject, mailing.source) == ("Kerst", "Kerstpakketten", "<p>Hoi</p>")
    assert 'id="tally"' in page


def test_a_line_break_in_the_subject_is_refused_and_nothing_is_changed(shop_client, mailing, shop):
    fields = {
        "name": "x", "sender": "nieuws@winkel.example", "subject": "Hoi\r\nBcc: a@b.nl", "kind": "html",
        "source": "", "tracking": "none", "language": "nl",
    }  # fmt: skip
    page = shop_client.post(at("save", mailing), fields, headers={"HX-Request": "true"}).content.decode()
    with account(shop.id):
        mailing.refresh_from_db()
    assert "Bcc" not in mailing.subject
    assert "Niet alles is bewaard" in page


def test_send_now_puts_it_on_its_way(shop_client, mailing, shop):
    shop_client.post(at("send", mailing), {"when": "now"})
    with account(shop.id):
        mailing.refresh_from_db()
    assert mailing.state == "sending"
    report = shop_client.get(reverse("reports:mailing", args=[mailing.id]))
    assert report.status_code == 200
    assert shop_client.get(reverse("reports:progress", args=[mailing.id])).status_code == 200


@pytest.mark.parametrize(
    "name", ["show", "save", "test_mail", "send", "unschedule", "pause", "resume", "cancel", "copy", "delete"]
)
def test_a_stranger_finds_nothing(stranger_client, mailing, name):
    call = stranger_client.get if name == "show" else stranger_client.post
    assert call(at(name, mailing)).status_code == 404


def test_a_visitor_is_led_to_the_door(client, mailing):
    assert client.get(at("show", mailing)).status_code == 302


def test_a_draft_can_be_deleted_and_a_sent_one_not(shop_client, mailing, shop):
    with account(shop.id):
        Mailing.objects.update(state="sent")
    shop_client.post(at("delete", mailing))
    with account(shop.id):
        assert Mailing.objects.count() == 1
        Mailing.objects.update(state="draft")
    shop_client.post(at("delete", mailing))
    with account(shop.id):
        assert Mailing.objects.count() == 0


def test_a_mailing_is_found_by_its_words_and_by_its_state(shop_client, mailing, shop):
    with account(shop.id):
        Mailing.objects.create(name="Zomerfeest", subject="Kom je zondag?", state=Mailing.State.SENT)
    found = shop_client.get("/mailings/?q=ZONDAG+zomer").content.decode()
    assert "Zomerfeest" in found
    assert mailing.name not in found
    sent = shop_client.get("/mailings/?state=sent", headers={"HX-Request": "true"}).content.decode()
    assert "Zomerfeest" in sent
    assert mailing.name not in sent
    assert "<html" not in sent


def test_a_search_that_finds_nothing_says_where_it_looked_and_leads_back(shop_client, mailing):
    page = shop_client.get("/mailings/?q=sneeuw&state=onzin&before=x").content.decode()
    assert "geen mailing gevonden voor ‘sneeuw’" in page
    assert "Alle mailings tonen" in page


def test_a_search_finds_nothing_of_a_stranger(stranger_client, mailing):
    assert at("show", mailing) not in stranger_client.get(f"/mailings/?q={mailing.name}").content.decode()


def test_older_mailings_are_a_page_away_and_keep_the_search(shop_client, mailing, shop, monkeypatch):
    monkeypatch.setattr(drafts, "PAGE", 2)
    with account(shop.id):
        Mailing.objects.bulk_create(Mailing(name=f"Brief {n}", account_id=shop.id) for n in range(3))
    first = shop_client.get("/mailings/?q=brief").content.decode()
    assert "Brief 2" in first
    assert "Brief 0" not in first
    older = re.search(r'href="(/mailings/\?q=brief&amp;before=\d+)"', first)
    assert "Brief 0" in shop_client.get(older[1].replace("&amp;", "&")).content.decode()
