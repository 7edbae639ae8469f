from datetime import date, time

import pytest
from django.test import Client

from mailexpert.base.names import Answer, State
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.sending import jobs_providers
from mailexpert.sending.models import DomainLimit, MailDomain, Tempo, Warmup

PAGE = "/instellingen/tempo/"
GIVEN = {
    "per_hour": "2000",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "time_zone": "Europe/Amsterdam",
}


def test_a_pace_and_quiet_hours_are_kept(shop: Tenant, shop_client: Client) -> None:
    assert shop_client.post(PAGE, GIVEN).status_code == 302
    assert shop_client.post(PAGE, GIVEN | {"per_hour": "3000"}).status_code == 302
    with account(shop.id):
        kept = Tempo.objects.get()
    assert (kept.per_hour, kept.quiet_from, kept.quiet_until) == (3000, time(22), time(7))
    assert "22:00" in shop_client.get("/instellingen/relay/").content.decode()


def test_without_numbers_there_is_no_limit(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(PAGE, {"per_hour": "", "quiet_from": "", "quiet_until": "", "time_zone": ""})
    with account(shop.id):
        kept = Tempo.objects.get()
    assert (kept.per_hour, kept.quiet_from, kept.time_zone) == (None, None, "Europe/Amsterdam")


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_hour": "0"},
        {"quiet_until": ""},
        {"quiet_from": ""},
        {"quiet_until": "22:00"},
        {"time_zone": "Mars"},
    ],
)
def test_what_makes_no_sense_is_not_kept(shop: Tenant, shop_client: Client, wrong: dict[str, str]) -> None:
    assert shop_client.post(PAGE, GIVEN | wrong).status_code == 422
    with account(shop.id):
        assert not Tempo.objects.exists()


def test_a_domain_is_warmed_up_and_ended(shop: Tenant, shop_client: Client, stranger_client: Client) -> None:
    given = {"domain": "Mail.Winkel.example", "first_day": "2027-01-15", "first": "100"}
    assert shop_client.post(PAGE + "opwarmen/", given).status_code == 302
    assert shop_client.post(PAGE + "opwarmen/", given | {"first": "200"}).status_code == 302
    with account(shop.id):
        kept = Warmup.objects.get()
    assert (kept.domain, kept.first_day, kept.first) == ("mail.winkel.example", date(2027, 1, 15), 200)
    assert "mail.winkel.example" in shop_client.get(PAGE).content.decode()
    end = f"{PAGE}opwarmen/{kept.id}/stoppen/"
    assert stranger_client.post(end).status_code == 404
    assert shop_client.post(end).status_code == 302
    with account(shop.id):
        assert not Warmup.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"domain": "geen domein"}, {"domain": ""}, {"first": "1"}, {"first_day": "x"}]
)
def test_a_plan_that_makes_no_sense_is_not_kept(shop_client: Client, wrong: dict[str, str]) -> None:
    given = {"domain": "winkel.example", "first_day": "2027-01-15", "first": "100"}
    assert shop_client.post(PAGE + "opwarmen/", given | wrong).status_code == 422


def test_one_sender_domain_is_limited_and_let_go(
    shop: Tenant, shop_client: Client, stranger_client: Client
) -> None:
    given = {"domain": "Mail.Winkel.example", "per_hour": "500"}
    assert shop_client.post(PAGE + "grens/", given).status_code == 302
    assert shop_client.post(PAGE + "grens/", given | {"per_hour": "1200"}).status_code == 302
    with account(shop.id):
        kept = DomainLimit.objects.get()
    assert (kept.domain, kept.per_hour) == ("mail.winkel.example", 1200)
    assert "1.200" in shop_client.get(PAGE).content.decode()
    assert "mail.winkel.example" not in stranger_client.get(PAGE).content.decode()
    end = f"{PAGE}grens/{kept.id}/opheffen/"
    assert stranger_client.post(end).status_code == 404
    assert shop_client.post(end).status_code == 302
    with account(shop.id):
        assert not DomainLimit.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"domain": "geen domein"}, {"domain": ""}, {"per_hour": "0"}, {"per_hour": ""}]
)
def test_a_limit_that_makes_no_sense_is_not_kept(
    shop: Tenant, shop_client: Client, wrong: dict[str, str]
) -> None:
    page = shop_client.post(PAGE + "grens/", {"domain": "winkel.example", "per_hour": "100"} | wrong)
    assert page.status_code == 422
    assert page.content.decode().count("me-error-summary") == 1
    with account(shop.id):
        assert not DomainLimit.objects.exists()


class Told:
    """DNS, as this test tells it."""

    answers = {
        "firma.example": Answer(state=State.FOUND, values=("aspmx.l.google.com",)),
        "eigen.example": Answer(state=State.NOTHING),
        "niets.example": Answer(state=State.FOUND, values=("",)),
        "stil.example": Answer(state=State.FAILED),
    }

    def __init__(self) -> None:
        self.asked: list[str] = []

    def mail_hosts(self, name: str) -> Answer:
        self.asked.append(name)
        return self.answers[name]

    def texts(self, name: str) -> Answer:
        raise AssertionError


@pytest.mark.django_db
def test_domains_are_looked_up_once_beside_the_sending() -> None:
    source = Told()
    with beside_wall(Beside.TESTS):
        MailDomain.objects.bulk_create(MailDomain(domain=name, provider="") for name in Told.answers)
        assert jobs_providers.look_up(source) == 3
        found = dict(MailDomain.objects.values_list("domain", "provider"))
        jobs_providers.look_up(source)
    assert found == {
        "firma.example": "google",
        "eigen.example": "eigen.example",
        "niets.example": "",
        "stil.example": "",
    }
    assert sorted(source.asked) == sorted(Told.answers)
