"""An account's utm words on the links of its mailings: told before sending, and in what is sent."""

import pytest
from django.utils import timezone

from mailexpert.accounts.models import Site
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.mailings import actions, checks
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.sending.models import Issue
from mailexpert.tracking import actions_goals

pytestmark = pytest.mark.django_db

OWN, ELSEWHERE = "https://winkel.example/tulpen?kleur=rood", "https://elders.example/"
TAGGED = "https://winkel.example/?utm_source=eigen"
SOURCE = (
    f'<p><a href="{OWN}">Tulpen</a> <a href="{ELSEWHERE}">Elders</a> <a href="{TAGGED}">Eigen</a> '
    '<a href="https://winkel.example/{{ contact.first_name }}">Voor jou</a></p>'
)
WORDS = "utm_source=winkel&utm_medium=email&utm_campaign=tulpen-cafe"


@pytest.fixture
def mailing(in_shop: Tenant) -> Mailing:
    Site.objects.create(host="winkel.example", token="x", verified_at=timezone.now())
    actions_goals.turn_on()
    actions_goals.set_rules(utm=True, utm_source="winkel")
    news, _rows = people(3)
    made: Mailing = draft(news, name="Tulpen & café", source=SOURCE)
    return made


def told(mailing: Mailing) -> list[str]:
    found, _content = checks.look_over(mailing)
    assert [check.code for check in found if check.level == "block"] == []
    return [str(check.text) for check in found if check.code == "utm"]


def sent_links(mailing: Mailing) -> list[str]:
    actions.start(mailing)
    links: list[str] = Issue.objects.get().links
    return links


def test_links_to_an_own_site_carry_them_and_no_other_does(mailing: Mailing) -> None:
    assert told(mailing) == ["1 link naar je eigen site krijgt je utm-woorden mee."]
    assert sent_links(mailing) == [f"{OWN}&{WORDS}", ELSEWHERE, TAGGED]


def test_a_mailing_that_measures_nothing_carries_them_too(mailing: Mailing) -> None:
    Mailing.objects.filter(id=mailing.id).update(tracking="none")
    mailing.refresh_from_db()
    actions.start(mailing)
    assert WORDS.replace("&", "&amp;") in Issue.objects.get().html


@pytest.mark.parametrize("why", ["off", "unverified", "no measuring"])
def test_without_the_rule_or_a_verified_site_every_link_stays(mailing: Mailing, why: str) -> None:
    match why:
        case "off":
            actions_goals.set_rules(utm=False)
        case "unverified":
            Site.objects.update(verified_at=None)
        case _:
            actions_goals.turn_off()
    assert told(mailing) == []
    assert sent_links(mailing) == [OWN, ELSEWHERE, TAGGED]


def test_a_strangers_rule_is_not_ours(mailing: Mailing, stranger: Tenant) -> None:
    Site.objects.update(verified_at=None)
    with account(stranger.id):
        Site.objects.create(host="winkel.example", token="y", verified_at=timezone.now())
        actions_goals.turn_on()
        actions_goals.set_rules(utm=True)
    assert told(mailing) == []
    assert sent_links(mailing) == [OWN, ELSEWHERE, TAGGED]
