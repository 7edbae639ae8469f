import socket

import pytest
from django.test import Client

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending import actions, probe
from mailexpert.sending.models import Issue, Relay
from mailexpert.sending.tests.test_queries import an_issue

PAGE = "/instellingen/relay/"
GIVEN = {
    "host": "smtp.winkel.example",
    "port": "587",
    "security": "starttls",
    "username": "winkel",
    "password": "geheim-woord",
    "max_connections": "4",
}


@pytest.fixture(autouse=True)
def _public_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names have public addresses here, but for those that say otherwise."""

    def look_up(host: str, port: int, **options: object) -> list[tuple[object, ...]]:
        if host == "nergens.example":
            raise OSError
        address = "10.0.0.5" if host == "binnen.example" else "9.9.9.9"
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def stored(shop: Tenant) -> Relay:
    with account(shop.id):
        return Relay.objects.get()


def test_a_relay_is_kept_with_its_password_sealed(shop: Tenant, shop_client: Client) -> None:
    assert shop_client.post(PAGE, GIVEN).status_code == 302
    relay = stored(shop)
    assert (relay.host, relay.port, relay.username) == ("smtp.winkel.example", 587, "winkel")
    assert "geheim" not in relay.secret
    assert keys.unseal(relay.secret, "relay") == "geheim-woord"


def test_the_password_never_comes_back_in_the_page(shop_client: Client) -> None:
    shop_client.post(PAGE, GIVEN)
    page = shop_client.get(PAGE).content.decode()
    assert "smtp.winkel.example" in page
    assert "geheim-woord" not in page


def test_an_empty_password_keeps_the_stored_one(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(PAGE, GIVEN)
    assert shop_client.post(PAGE, GIVEN | {"password": "", "max_connections": "9"}).status_code == 302
    assert keys.unseal(stored(shop).secret, "relay") == "geheim-woord"
    assert stored(shop).max_connections == 9


@pytest.mark.parametrize(
    "change", [{"host": "elders.example"}, {"port": "25"}, {"security": "tls"}, {"username": "ander"}]
)
def test_the_stored_password_goes_nowhere_else(
    shop: Tenant, shop_client: Client, change: dict[str, str]
) -> None:
    shop_client.post(PAGE, GIVEN)
    assert shop_client.post(PAGE, GIVEN | {"password": ""} | change).status_code == 422
    assert stored(shop).host == "smtp.winkel.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "binnen.example"},
        {"host": "nergens.example"},
        {"host": ""},
        {"port": "22"},
        {"security": "none"},
        {"password": ""},
        {"max_connections": "0"},
    ],
)
def test_a_relay_that_cannot_be_used_is_not_kept(
    shop: Tenant, shop_client: Client, wrong: dict[str, str]
) -> None:
    assert shop_client.post(PAGE, GIVEN | wrong).status_code == 422
    with account(shop.id):
        assert not Relay.objects.exists()


def test_a_stranger_sees_nothing_of_the_shops_relay(shop_client: Client, stranger_client: Client) -> None:
    shop_client.post(PAGE, GIVEN)
    assert "smtp.winkel.example" not in stranger_client.get(PAGE).content.decode()
    assert stranger_client.post(PAGE + "testen/").status_code == 404
    assert stranger_client.post(PAGE + "verwijderen/").status_code == 404


@pytest.mark.parametrize("result", list(probe.Result))
def test_the_trial_says_in_words_what_happened(
    shop_client: Client, monkeypatch: pytest.MonkeyPatch, result: probe.Result
) -> None:
    shop_client.post(PAGE, GIVEN)
    monkeypatch.setattr(probe, "probe", lambda host: probe.Probe(result=result, words="535 5.7.8 nee"))
    page = shop_client.post(PAGE + "testen/").content.decode()
    assert "535 5.7.8 nee" in page
    assert ("Het werkt" in page) == (result is probe.Result.READY)


def test_a_relay_that_a_mailing_uses_stays(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(PAGE, GIVEN)
    with account(shop.id):
        issue = an_issue()
    shop_client.post(PAGE + "verwijderen/")
    assert stored(shop).id == issue.relay_id
    with account(shop.id):
        Issue.objects.update(state=Issue.State.DONE, finished_at=issue.started_at)
        actions.remove_relay(Relay.objects.get())
        assert Issue.objects.get().relay_id is None


def test_saving_does_not_lead_to_another_account(shop: Tenant, stranger: Tenant, shop_client: Client) -> None:
    shop_client.post(PAGE, GIVEN)
    with account(stranger.id):
        assert not Relay.objects.exists()
