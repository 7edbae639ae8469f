"""Who is in doubt stands in the report by name, and only a person's order mails them again."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from mailexpert.accounts.models import Membership
from mailexpert.contacts.models import Contact
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending import queries as sending
from mailexpert.sending import queries_doubt
from mailexpert.sending.models import Delivery, Issue, Retry, Shard
from mailexpert.web.tests.browser import assert_accessible


def a_crash(count=3, *, minutes=16):
    """Everyone but two had a turn that nobody wrote down; the lease ended so long ago."""
    news, rows = people(count + 2)
    mailing = draft(news)
    actions.start(mailing)
    mailing.refresh_from_db()
    for row in rows[count:]:
        Delivery.objects.create(issue_id=mailing.issue_id, contact_id=row.id, attempt=1, outcome=1, code=250)
    ended = Now() - timedelta(minutes=minutes)
    Shard.objects.update(upto=count + 2, sent=2, state=1, lease_until=ended)
    Issue.objects.update(state=3, finished_at=Now())
    actions.follow(mailing.id)
    mailing.refresh_from_db()
    return mailing, rows[:count]


@pytest.fixture
def crashed(shop):
    with account(shop.id):
        return a_crash()[0]


def page(client, name, mailing):
    return client.get(reverse(f"reports:{name}", args=[mailing.id]))


def order(client, mailing):
    return client.post(reverse("reports:doubt_order", args=[mailing.id]), follow=True)


def become_viewer(shop):
    with beside_wall(Beside.TESTS):
        Membership.objects.filter(user=shop.owner).update(role=Membership.Role.VIEWER)


def test_the_report_leads_to_who_is_in_doubt(shop_client, crashed):
    assert (
        reverse("reports:doubt", args=[crashed.id]) in page(shop_client, "mailing", crashed).content.decode()
    )
    text = page(shop_client, "doubt", crashed).content.decode()
    assert "lezer2@voorbeeld.example" in text
    assert "lezer3@voorbeeld.example" not in text
    assert "Opnieuw verzenden…" in text


def test_each_page_of_names_goes_on_where_the_last_one_ended(shop):
    with account(shop.id):
        mailing, rows = a_crash(7)
        first = queries_doubt.doubtful(mailing.issue_id, limit=4)
        rest = queries_doubt.doubtful(mailing.issue_id, after=first[-1].contact_id, limit=4)
    assert [person.contact_id for person in [*first, *rest]] == [row.id for row in rows]


def test_a_lost_retry_and_a_silent_dot_are_named_with_their_moment(shop):
    with account(shop.id):
        mailing, rows = a_crash(2)
        Delivery.objects.create(
            issue_id=mailing.issue_id, contact_id=rows[0].id, attempt=1, outcome=4, code=0
        )
        shard = Shard.objects.get()
        lost = Now() - timedelta(minutes=3)
        Retry.objects.create(
            issue_id=mailing.issue_id, shard_id=shard.id, contact_id=rows[1].id, attempt=2, due=Now(),
            state=1, lease_until=lost,
        )  # fmt: skip
        silent, retried = queries_doubt.doubtful(mailing.issue_id, limit=9)
        doubt = queries_doubt.doubt_sum(mailing.issue_id)
        counts = sending.counts(mailing.issue_id)
    assert (silent.contact_id, retried.contact_id) == (rows[0].id, rows[1].id)
    assert (silent.may_go_again, retried.may_go_again) == (True, False)
    assert silent.since > retried.since
    assert (doubt.now, doubt.later, counts.in_doubt) == (1, 1, 2)
    assert doubt.at - retried.since == timedelta(minutes=15)


def test_the_order_is_asked_for_once_and_puts_the_mailing_under_way(shop_client, crashed, shop):
    assert "Opnieuw verzenden aan 3 mensen?" in page(shop_client, "doubt_ask", crashed).content.decode()
    assert "3 mensen zijn opnieuw aan de beurt." in order(shop_client, crashed).content.decode()
    with account(shop.id):
        crashed.refresh_from_db()
        assert (crashed.state, sending.counts(crashed.issue_id).deferred) == ("sending", 3)
    assert "Nu kan het nog niet opnieuw" in order(shop_client, crashed).content.decode()


def test_within_a_quarter_of_an_hour_the_page_says_from_when(shop_client, shop):
    with account(shop.id):
        mailing, _rows = a_crash(minutes=5)
    text = page(shop_client, "doubt", mailing).content.decode()
    assert "Opnieuw verzenden kan vanaf" in text
    assert "Opnieuw verzenden…" not in text
    assert page(shop_client, "doubt_ask", mailing).status_code == 302


def test_a_deleted_contact_is_still_counted(shop_client, crashed, shop):
    with account(shop.id):
        Contact.objects.filter(email="lezer0@voorbeeld.example").delete()
    text = page(shop_client, "doubt", crashed).content.decode()
    assert "verwijderd contact" in text
    assert "3 mensen" in text


def test_who_may_only_look_sees_the_names_and_no_button(shop_client, crashed, shop):
    become_viewer(shop)
    text = page(shop_client, "doubt", crashed).content.decode()
    assert "lezer2@voorbeeld.example" in text
    assert "Opnieuw verzenden…" not in text
    assert page(shop_client, "doubt_ask", crashed).status_code == 403
    assert order(shop_client, crashed).status_code == 403
    with account(shop.id):
        assert not Retry.objects.exists()


def test_a_cancelled_mailing_takes_no_order(shop_client, crashed, shop):
    with account(shop.id):
        Mailing.objects.filter(id=crashed.id).update(state="cancelled")
    assert "Opnieuw verzenden…" not in page(shop_client, "doubt", crashed).content.decode()
    assert "Dat kan niet meer" in order(shop_client, crashed).content.decode()


@pytest.mark.parametrize("name", ["doubt", "doubt_ask"])
def test_a_stranger_finds_no_names(stranger_client, crashed, name):
    assert page(stranger_client, name, crashed).status_code == 404
    assert order(stranger_client, crashed).status_code == 404


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_person_finds_them_and_gives_the_order_in_a_browser(page_as, shop, width, dark):
    with account(shop.id):
        mailing, _rows = a_crash(60)
    shown = page_as(shop, width=width, dark=dark)
    shown.goto(reverse("reports:mailing", args=[mailing.id]))
    shown.get_by_role("link", name="Bekijk wie, en beslis").click()
    shown.get_by_role("link", name="Volgende").click()
    assert_accessible(shown)
    shown.get_by_role("link", name="Opnieuw verzenden…").click()
    assert_accessible(shown)
    shown.get_by_role("button", name="Opnieuw verzenden aan 60 mensen").click()
    shown.get_by_text("60 mensen zijn opnieuw aan de beurt.").wait_for()
    assert_accessible(shown)
