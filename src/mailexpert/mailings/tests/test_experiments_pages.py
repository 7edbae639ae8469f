"""The pages of a test of versions: planned, running, chosen; and nothing of it for a stranger."""

import pytest
from django.test import Client
from django.urls import reverse

from mailexpert.accounts.models import Word
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings import checks
from mailexpert.mailings.models import Experiment, Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.mailings.tests.trial import SOURCE, clicked, everyone_had_a_turn, standing, start, trial

PLAN = {
    "what": "subject",
    "share": "50",
    "hours": "4",
    "goal": "clicks",
    "decides": "automatic",
    "on_tie": "first",
}


def at(name: str, mailing: Mailing) -> str:
    return reverse(f"mailings:{name}", args=[mailing.pk])


@pytest.fixture
def mailing(shop: Tenant) -> Mailing:
    with account(shop.id):
        return draft(people(200)[0], source=SOURCE)


@pytest.fixture
def running(shop: Tenant) -> Mailing:
    with account(shop.id):
        made = trial(200)
        start(made)
        everyone_had_a_turn(made)
        clicked(made, a=3, b=12)
        return made


def test_a_test_is_planned_and_its_page_says_what_it_can_show(
    shop: Tenant, shop_client: Client, mailing: Mailing
) -> None:
    assert "Versies testen" in shop_client.get(at("test", mailing)).content.decode()
    facts = shop_client.post(
        at("test-save", mailing), {**PLAN, "subject_b": "Anders"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "2 versies gaan naar elk 50 mensen; de andere 100 wachten op de uitslag." in facts
    assert "Daar leer je weinig van" in facts
    compose = shop_client.get(at("show", mailing)).content.decode()
    assert "Test starten met 100 mensen" in compose


def test_what_is_missing_blocks_the_mailing_and_says_so(
    shop: Tenant, shop_client: Client, mailing: Mailing
) -> None:
    shop_client.post(at("test-save", mailing), PLAN)
    page = shop_client.get(at("show", mailing)).content.decode()
    assert "Een test heeft minstens twee versies nodig" in page


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"what": "subject", "share": 10}, "test_people"),
        ({"what": "time"}, "test_time"),
        ({"what": "sender"}, "sender_invalid"),
    ],
)
def test_checks_stand_before_the_test(
    shop: Tenant, mailing: Mailing, changes: dict[str, object], code: str
) -> None:
    with account(shop.id):
        said = {"subject": {"subject": "Anders"}, "sender": {"sender": "geen adres"}, "time": {}}[
            str(changes["what"])
        ]
        experiments.plan(mailing, written={"share": 50, **changes}, others=[{}, said])
        blocks = [check.code for check in checks.look_over(mailing)[0] if check.level == "block"]
    assert blocks == [code]


def test_without_measuring_clicks_are_no_goal(shop: Tenant, mailing: Mailing) -> None:
    with account(shop.id):
        Mailing.objects.filter(id=mailing.id).update(tracking="none")
        mailing.refresh_from_db()
        experiments.plan(mailing, written={"share": 50}, others=[{}, {"subject": "Anders"}])
        blocks = [check.text for check in checks.look_over(mailing)[0] if check.level == "block"]
    assert blocks == ["Van deze mailing wordt niets gemeten, dus kliks kunnen niet beslissen."]


def test_versions_stand_side_by_side_on_their_page_and_in_the_report(
    shop_client: Client, running: Mailing
) -> None:
    for page in (at("test", running), reverse("reports:mailing", args=[running.id])):
        shown = shop_client.get(page).content.decode()
        assert "De kans dat B beter is" in shown
        assert "Test loopt" in shown
    assert "De kans dat B beter is" in shop_client.get(at("test-part", running)).content.decode()
    assert "Test loopt" in shop_client.get(reverse("mailings:index")).content.decode()


def test_the_file_accounts_for_everyone(shop_client: Client, running: Mailing) -> None:
    rows = [
        line.split(";")
        for line in shop_client.get(at("test-rows", running)).content.decode("utf-8-sig").splitlines()
    ]
    assert [row[0] for row in rows[1:]] == ["A", "B", "Alle anderen"]
    assert [row[2] for row in rows[1:]] == ["50", "50", "100"]
    assert [row[9] for row in rows[1:]] == ["3", "12", "0"]


def test_no_number_is_shown_of_fewer_than_twenty(shop: Tenant, shop_client: Client, running: Mailing) -> None:
    from mailexpert.sending.models import Shard

    with account(shop.id):
        first = standing(running).versions.get(n=0).sent_as
        Shard.objects.filter(issue_id=first).update(sent=19)
    page = shop_client.get(at("test-part", running)).content.decode()
    assert "Nog geen cijfers" in page
    assert "De kans dat" not in page
    rows = shop_client.get(at("test-rows", running)).content.decode().splitlines()[1:]
    assert all(row.split(";")[9] == "" for row in rows)


def test_someone_chooses_and_it_is_kept_who(shop: Tenant, shop_client: Client, running: Mailing) -> None:
    page = shop_client.post(at("test-choose", running), {"n": "1"}, follow=True).content.decode()
    assert "Versie B is met de hand gekozen" in page
    with account(shop.id):
        found = Experiment.objects.get()
        assert (found.winner, found.by_id) == (1, shop.owner.pk)
    again = shop_client.post(at("test-choose", running), {"n": "0"}, follow=True).content.decode()
    assert "Dat kan niet meer" in again


def test_the_account_hears_of_the_decision_once(shop: Tenant, running: Mailing) -> None:
    with account(shop.id):
        Experiment.objects.update(hours=0)
        for _time in range(3):
            experiments.look(Experiment.objects.get().id)
        assert [word.kind for word in Word.objects.all()] == ["test_decided"]


def test_another_content_is_written_on_a_page_of_its_own(
    shop: Tenant, shop_client: Client, mailing: Mailing
) -> None:
    answer = shop_client.post(at("test-add", mailing))
    with account(shop.id):
        other = Mailing.objects.get(version_of=mailing)
    assert answer["Location"] == at("show", other)
    page = shop_client.get(at("show", other)).content.decode()
    assert "Versie B van de inhoud van" in page
    assert 'id="sending"' not in page
    assert at("show", other) not in shop_client.get(reverse("mailings:index")).content.decode()


@pytest.mark.parametrize(
    "name", ["test", "test-save", "test-add", "test-drop", "test-choose", "test-part", "test-rows"]
)
def test_a_stranger_finds_nothing_of_a_test(stranger_client: Client, running: Mailing, name: str) -> None:
    call = stranger_client.get if name in ("test", "test-part", "test-rows") else stranger_client.post
    assert call(at(name, running), {"n": "0"}).status_code == 404
