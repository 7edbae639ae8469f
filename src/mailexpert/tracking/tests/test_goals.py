"""Goals as people make and change them, and what their pages show."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailexpert.accounts.models import Site
from mailexpert.conftest import Tenant
from mailexpert.core.report_sections import Reported
from mailexpert.core.scope import account
from mailexpert.sending.models import Issue
from mailexpert.tracking import actions_goals, queries_goals, reported
from mailexpert.tracking.actions_goals import Wanted
from mailexpert.tracking.models import Channel, Goal, GoalDay, SiteMeasuring, SiteSeen

GOALS, SITES = "/rapporten/doelen/", "/instellingen/sites-meten/"
PAGE = {"name": "Bedankt", "kind": "page", "pattern": "/bedankt*", "event": ""}
VALUE = {"name": "Bestelling", "kind": "value", "pattern": "", "event": "Bestelling"}


def count(goal: Goal, n: int, *, days_ago: int = 0, channel: int = Channel.MAIL, **fields: object) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    GoalDay.objects.create(
        **{"day": day, "goal_id": goal.id, "channel": channel, "issue_id": 0, "source": "", "medium": "",
           "campaign": "", "currency": "", "n": n, "cents": 0, **fields}
    )  # fmt: skip


def test_a_goal_is_made_changed_archived_and_brought_back(shop: Tenant, shop_client: Client) -> None:
    assert "Doel maken" in shop_client.get(GOALS).content.decode()
    assert shop_client.post(f"{GOALS}nieuw/", PAGE).status_code == 302
    with account(shop.id):
        goal = Goal.objects.get()
    assert shop_client.post(f"{GOALS}{goal.id}/wijzigen/", VALUE).status_code == 302
    with account(shop.id):
        goal.refresh_from_db()
        assert (goal.kind, goal.pattern, goal.event) == ("value", "", "bestelling")
        count(goal, 3, currency="EUR", cents=4995)
    page = shop_client.get(GOALS).content.decode()
    assert "49,95" in page
    shop_client.post(f"{GOALS}{goal.id}/archiveren/")
    assert "gearchiveerd" in shop_client.get(GOALS).content.decode()
    shop_client.post(f"{GOALS}{goal.id}/terughalen/")
    with account(shop.id):
        assert Goal.objects.get().archived_at is None


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({**PAGE, "pattern": "bedankt"}, "pattern"),
        ({**PAGE, "pattern": "/a?b"}, "pattern"),
        ({**PAGE, "pattern": "/" + "*a" * 6}, "pattern"),
        ({**VALUE, "event": "a b"}, "event"),
        ({**VALUE, "event": ""}, "event"),
        ({**VALUE, "kind": "x"}, "kind"),
        ({**VALUE, "name": " "}, "name"),
    ],
)
def test_what_is_no_goal_is_said_where_it_is_wrong(
    shop: Tenant, shop_client: Client, wrong: dict[str, str], where: str
) -> None:
    answer = shop_client.post(f"{GOALS}nieuw/", wrong)
    assert answer.status_code == 422
    assert where in answer.context["form"].errors
    with account(shop.id):
        assert not Goal.objects.exists()


def test_two_goals_never_count_the_same_name_and_fifty_are_enough(in_shop: Tenant) -> None:
    wanted = Wanted(name="Bestelling", kind="value", event="bestelling")
    first = actions_goals.make_goal(wanted)
    with pytest.raises(actions_goals.EventTaken):
        actions_goals.make_goal(wanted)
    actions_goals.archive(first)
    actions_goals.make_goal(wanted)
    with pytest.raises(actions_goals.EventTaken):
        actions_goals.bring_back(Goal.objects.get(id=first.id))
    for n in range(49):
        actions_goals.make_goal(Wanted(name=f"{n}", kind="page", pattern=f"/{n}"))
    with pytest.raises(actions_goals.TooMany):
        actions_goals.make_goal(Wanted(name="te veel", kind="page", pattern="/x"))


def test_a_stranger_s_goal_is_not_there(shop: Tenant, stranger_client: Client) -> None:
    with account(shop.id):
        goal = actions_goals.make_goal(Wanted(name="Bedankt", kind="page", pattern="/x"))
    for path in ("", "wijzigen/", "archiveren/", "terughalen/"):
        method = stranger_client.get if path in ("", "wijzigen/") else stranger_client.post
        assert method(f"{GOALS}{goal.id}/{path}").status_code == 404


def test_results_stand_by_goal_mailing_and_campaign(in_shop: Tenant) -> None:
    goal = actions_goals.make_goal(Wanted(name="Bestelling", kind="value", event="bestelling"))
    issue = Issue.objects.create(
        sender_address="info@winkel.example", subject="Tulpen", purpose="newsletter", mailing_id=4
    )
    count(goal, 3, issue_id=issue.id, currency="EUR", cents=300)
    count(goal, 1, issue_id=issue.id, currency="USD", cents=500)
    count(goal, 2, channel=Channel.ADVERTISING, source="google", campaign="zomer", currency="EUR", cents=50)
    count(goal, 4, channel=Channel.DIRECT)
    count(goal, 9, days_ago=40)
    found = queries_goals.results(timezone.now(), 30)
    assert (found.total, found.from_mail, found.from_advertising) == (10, 4, 2)
    [mailing] = found.mailings
    assert (mailing.name, mailing.n, mailing.mailing_id) == ("Tulpen", 4, 4)
    assert [(one.sign, one.amount) for one in mailing.money] == [("€", 3.0), ("$", 5.0)]
    assert [(one.name, one.n) for one in found.campaigns] == [("google · zomer", 2)]
    assert (len(found.mail), found.mail[-1][1], found.advertising[-1][1]) == (30, 4, 2)
    assert queries_goals.results(timezone.now(), 90).total == 19


def test_the_report_of_a_mailing_has_its_conversions_and_of_a_small_one_none(in_shop: Tenant) -> None:
    goal = actions_goals.make_goal(Wanted(name="Bestelling", kind="value", event="bestelling"))
    count(goal, 3, issue_id=7, currency="EUR", cents=300)
    count(goal, 9, channel=Channel.DIRECT)
    told = Reported(mailing_id=1, issues=[7], sent=25)
    [table] = reported.SECTION.tables(told)
    assert table.rows == [["Bestelling", 3, 3.0, "EUR", 12]]
    assert reported.SECTION.context(Reported(mailing_id=1, issues=[8], sent=25)) is None
    assert reported.SECTION.tables(Reported(mailing_id=1, issues=[7], sent=19)) == []


def test_measuring_on_sites_is_off_until_it_is_turned_on(shop: Tenant, shop_client: Client) -> None:
    assert "t/m.js" not in shop_client.get(SITES).content.decode()
    shop_client.post(f"{SITES}aan-of-uit/", {"turn": "on"})
    page = shop_client.get(SITES).content.decode()
    with account(shop.id):
        key = SiteMeasuring.objects.get().key
        assert f"/t/v/{key}&quot;" in page
        assert (
            page.count("mailexpert.q || []).push(arguments)") == 2
        )  # what is called before the script has come
        assert "geloven we geen pagina" in page
        Site.objects.create(host="winkel.example", token="x", verified_at=timezone.now())
        SiteSeen.objects.create(host="winkel.example", seen_at=timezone.now() - timedelta(minutes=3))
    assert "laatst gezien 3 minuten geleden" in " ".join(shop_client.get(SITES).content.decode().split())
    shop_client.post(f"{SITES}aan-of-uit/", {"turn": "off"})
    with account(shop.id):
        assert not SiteMeasuring.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"window_days": 0}, {"window_days": 31}, {"utm_source": "a b"}, {"utm_medium": "jan@x.example"}]
)
def test_a_rule_that_does_not_fit_is_refused(
    shop: Tenant, shop_client: Client, wrong: dict[str, object]
) -> None:
    shop_client.post(f"{SITES}aan-of-uit/", {"turn": "on"})
    right = {"window_days": 14, "utm": "on", "utm_source": "winkel", "utm_medium": "email"}
    assert shop_client.post(f"{SITES}regels/", {**right, **wrong}).status_code == 422
    assert shop_client.post(f"{SITES}regels/", right).status_code == 302
    with account(shop.id):
        found = SiteMeasuring.objects.get()
        assert (found.window_days, found.utm, found.utm_source) == (14, True, "winkel")


def test_utm_words_go_only_with_a_verified_site(in_shop: Tenant) -> None:
    actions_goals.turn_on()
    actions_goals.set_rules(utm=True)
    assert queries_goals.utm_rule() is None
    Site.objects.create(host="winkel.example", token="x", verified_at=timezone.now())
    rule = queries_goals.utm_rule()
    assert rule is not None
    assert rule.hosts == {"winkel.example"}
