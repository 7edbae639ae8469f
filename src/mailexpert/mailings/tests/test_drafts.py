"""Writing in blocks: saved while one writes, never over someone else's work, and earlier versions come back."""

import json

import pytest
from django.urls import reverse

from mailexpert.accounts.models import Membership
from mailexpert.content.models import Revision
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.core.scope import account
from mailexpert.mailings import actions
from mailexpert.mailings import actions_drafts as drafts
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending import testmail


@pytest.fixture
def mailing(shop):
    with account(shop.id):
        news, _rows = people(3)
        return draft(news, kind="blocks", source=mail(block("heading"), block("button")))


def at(name, mailing, *more):
    return reverse(f"mailings:{name}", args=[mailing.id, *more])


def written(mailing, **changes):
    return {
        "name": mailing.name, "sender": mailing.sender, "subject": mailing.subject, "preheader": "", "kind": "blocks",
        "source": mailing.source, "tracking": "none", "language": "nl", "version": mailing.version,
    } | changes  # fmt: skip


def save(client, mailing, **changes):
    answer = client.post(at("save", mailing), written(mailing, **changes), headers={"HX-Request": "true"})
    return answer.content.decode()


def test_the_compose_page_holds_the_blocks_and_what_the_editor_needs(shop_client, mailing):
    page = shop_client.get(at("show", mailing)).content.decode()
    assert 'id="block-facts"' in page
    assert "data-blocks-source" in page
    assert "Blok toevoegen" in page


def test_a_save_raises_the_version_and_gives_it_back(shop_client, shop, mailing):
    page = save(shop_client, mailing, subject="Anders")
    with account(shop.id):
        mailing.refresh_from_db()
    assert (mailing.subject, mailing.version) == ("Anders", 2)
    assert 'name="version" id="id_version" value="2"' in page


def test_two_people_at_once_are_noticed_and_nothing_is_lost(shop_client, shop, mailing):
    save(shop_client, mailing, subject="Van de een")
    page = save(shop_client, mailing, subject="Van de ander")
    with account(shop.id):
        mailing.refresh_from_db()
    assert mailing.subject == "Van de een"
    assert "terwijl jij aan het schrijven was" in page
    assert 'data-keep-mine="2"' in page
    assert "id_version" not in page


def test_an_earlier_version_comes_back_and_the_one_it_replaced_stays(shop_client, shop, mailing):
    before = mailing.source
    save(shop_client, mailing, source=mail(block("text")))
    with account(shop.id):
        oldest = Revision.objects.order_by("id").first()
    assert "Terughalen" in shop_client.get(at("versions", mailing)).content.decode()
    shop_client.post(at("restore", mailing, oldest.id))
    with account(shop.id):
        mailing.refresh_from_db()
        assert (
            Revision.objects.filter(source=mail(block("text"))).count()
            + Revision.objects.filter(source=before).count()
            >= 2
        )
    assert mailing.source == before


def test_whoever_goes_on_writing_adds_to_one_version(in_shop, mailing):
    for subject in ("a", "ab", "abc"):
        drafts.change_draft(mailing.id, version=None, by=in_shop.owner.pk, written={"subject": subject})
    assert list(Revision.objects.order_by("id").values_list("subject", flat=True))[1:] == ["abc"]


def test_what_is_sent_can_t_be_brought_back(shop_client, shop, mailing):
    save(shop_client, mailing, subject="Anders")
    with account(shop.id):
        Mailing.objects.update(state="sent")
        revision = Revision.objects.order_by("id").first()
    shop_client.post(at("restore", mailing, revision.id))
    with account(shop.id):
        mailing.refresh_from_db()
    assert mailing.subject == "Anders"


def test_deleting_a_draft_deletes_its_versions(shop_client, in_shop, mailing):
    save(shop_client, mailing, subject="Anders")
    actions.delete_draft(mailing)
    assert Revision.objects.count() == 0


def test_a_stranger_s_versions_can_t_be_seen_or_brought_back(stranger_client, shop_client, shop, mailing):
    save(shop_client, mailing, subject="Anders")
    with account(shop.id):
        revision = Revision.objects.first()
    assert stranger_client.get(at("versions", mailing)).status_code == 404
    assert stranger_client.post(at("restore", mailing, revision.id)).status_code == 404


def test_html_among_the_blocks_is_for_administrators(shop_client, shop, mailing):
    with account(shop.id):
        Membership.objects.update(role="editor")
    page = save(shop_client, mailing, source=mail(block("code")))
    with account(shop.id):
        mailing.refresh_from_db()
        assert "code" not in [one["kind"] for one in json.loads(mailing.source)["blocks"]]
        Mailing.objects.update(source=mail(block("code")))
        mailing.refresh_from_db()
    assert "Niet alles is bewaard" in page
    assert "Alles is bewaard" in save(shop_client, mailing, subject="Mag")


def test_a_mailing_of_blocks_is_checked_and_can_leave(in_shop, mailing):
    actions.start(mailing)
    mailing.refresh_from_db()
    assert mailing.state == "sending"
    assert "Vul een pakket" in mailing.issue.html
    assert "https://lindewoud.nl/kerst" in mailing.issue.links


def test_a_check_names_the_block(shop_client, shop, mailing):
    page = save(shop_client, mailing, source=mail(block("heading"), block("button", link="")))
    assert 'data-anchor="block-2"' in page


def test_a_test_mail_goes_to_a_few_people(shop_client, mailing, monkeypatch):
    sent = []
    monkeypatch.setattr(actions, "send_test", lambda _mailing, to: sent.append(to) or f"naar {to}.")
    page = shop_client.post(at("test_mail", mailing), {"to": "a@x.nl, b@x.nl"}).content.decode()
    assert sent == ["a@x.nl", "b@x.nl"]
    assert "naar b@x.nl." in page
    shop_client.post(at("test_mail", mailing), {"to": ",".join(f"a{n}@x.nl" for n in range(6))})
    shop_client.post(at("test_mail", mailing), {"to": "geen adres"})
    assert len(sent) == 2


def test_a_test_mail_that_did_not_go_is_shown_as_such_beside_those_that_did(
    shop_client, mailing, monkeypatch
):
    def send(_mailing, to):
        if to == "b@x.nl":
            raise testmail.NotSent("de relay zwijgt.")
        return f"Onderweg naar {to}."

    monkeypatch.setattr(actions, "send_test", send)
    page = shop_client.post(at("test_mail", mailing), {"to": "a@x.nl, b@x.nl"}).content.decode()
    assert "Onderweg naar a@x.nl. Niet verzonden: de relay zwijgt." in page
    assert "is-need" in page
    assert "is-kept" not in page
