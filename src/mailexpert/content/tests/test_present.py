"""Two people in one mail: each sees the other within seconds, and hears of a save before they save themselves."""

import pytest
from django.urls import reverse

from mailexpert.accounts.tests.test_members import colleague
from mailexpert.base.clock import now
from mailexpert.conftest import Tenant
from mailexpert.content import actions
from mailexpert.content.present import STILL_HERE, beat
from mailexpert.content.revisions import Owner
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.mailings import actions_drafts as drafts
from mailexpert.mailings.models import Mailing
from mailexpert.web.tests.browser import assert_accessible


@pytest.fixture
def noor(shop):
    member, client = colleague(shop, "editor")
    member.user.full_name = "Noor de Wit"
    member.user.save(update_fields=["full_name"])
    return member.user, client


@pytest.fixture(params=["mailing", "template"])
def opened(request, shop):
    """A mail that both have open: its page that tells, and a way to save it."""
    draft = Draft(kind="text", source="a", subject="b")
    with account(shop.id):
        if request.param == "template":
            made = actions.make_template(name="a", draft=draft)
        else:
            made = Mailing.objects.create(name="a", kind="text", source="a", subject="b")

    def save(by):
        with account(shop.id):
            if request.param == "template":
                changed = Draft(kind="text", source="c", subject="b")
                actions.change_template(made.pk, version=1, name="a", draft=changed, by=by.pk)
            else:
                drafts.change_draft(made.pk, version=1, by=by.pk, written={"source": "c"})

    room = "content" if request.param == "template" else "mailings"
    return reverse(f"{room}:present", args=[made.pk]), save


def test_each_sees_the_other_and_isn_t_told_twice(shop, shop_client, noor, opened):
    page, _save = opened
    assert shop_client.get(page, {"version": 1}).status_code == 204
    assert "Eigenaar Winkel de Vries is hier ook bezig" in noor[1].get(page, {"version": 1}).content.decode()
    assert "Noor de Wit is hier ook bezig" in shop_client.get(page, {"version": 1}).content.decode()
    assert shop_client.get(page, {"version": 1, "seen": noor[0].pk}).status_code == 204


def test_a_save_by_the_other_is_told_before_one_saves(shop, shop_client, noor, opened):
    page, save = opened
    save(noor[0])
    told = shop_client.get(page, {"version": 1}).content.decode()
    assert "Noor de Wit heeft dit om" in told
    own = noor[1].get(page, {"version": 1}).content.decode()  # the save is on its way back to this page
    assert "heeft dit om" not in own
    assert "heeft dit om" not in shop_client.get(page, {"version": 2}).content.decode()


def test_who_closes_the_page_is_gone_after_three_beats(in_shop, noor):
    owner, at = Owner(mailing_id=1), now()
    beat(owner, noor[0], at)
    assert beat(owner, in_shop.owner, at) == [noor[0]]
    assert beat(owner, in_shop.owner, at + STILL_HERE) == []
    assert beat(Owner(template_id=1), in_shop.owner, at) == []


def test_a_stranger_is_never_here(stranger, stranger_client, shop_client, opened):
    page, _save = opened
    assert stranger_client.get(page).status_code == 404
    with account(stranger.id):
        number = int(page.split("/")[2])
        key = "template_id" if "sjablonen" in page else "mailing_id"
        beat(Owner(**{key: number}), stranger.owner, now())
    assert shop_client.get(page, {"version": 1}).status_code == 204


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_open_pages_tell_of_each_other_by_themselves(page_as, shop, noor, opened):
    where = opened[0].removesuffix("hier/")
    mine, hers = page_as(shop), page_as(Tenant(shop.account, noor[0]), width=375)
    for page in (mine, hers):
        page.set_default_timeout(60_000)
        page.goto(where)
    hers.get_by_text("Eigenaar Winkel de Vries is hier ook bezig").wait_for()
    mine.get_by_text("Noor de Wit is hier ook bezig").wait_for()
    hers.fill("#id_subject", "Van Noor")
    mine.get_by_text("Noor de Wit heeft dit om").wait_for()
    assert_accessible(mine)
