import socket
from collections.abc import Callable

import pytest
from django.test import Client

from mailexpert.base import keys
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending import actions_relays, probe, queries, rules
from mailexpert.sending.models import Issue, Relay, Shard

PAGE = "/instellingen/relay/"
NEW = PAGE + "nieuw/"
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


def page_of(shop: Tenant) -> str:
    return f"{PAGE}{stored(shop).id}/"


def test_a_relay_is_kept_with_its_password_sealed(shop: Tenant, shop_client: Client) -> None:
    assert shop_client.post(NEW, GIVEN).status_code == 302
    relay = stored(shop)
    assert (relay.name, relay.port, relay.username) == ("smtp.winkel.example", 587, "winkel")
    assert "geheim" not in relay.secret
    assert keys.unseal(relay.secret, "relay") == "geheim-woord"


def test_the_password_never_comes_back_in_the_page(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(NEW, GIVEN)
    page = shop_client.get(page_of(shop)).content.decode()
    assert "smtp.winkel.example" in page
    assert "geheim-woord" not in page


def test_an_empty_password_keeps_the_stored_one(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(NEW, GIVEN)
    changed = GIVEN | {"password": "", "max_connections": "9", "per_hour": "5000", "weight": "3"}
    assert shop_client.post(page_of(shop), changed).status_code == 302
    relay = stored(shop)
    assert keys.unseal(relay.secret, "relay") == "geheim-woord"
    assert (relay.max_connections, relay.per_hour, relay.weight) == (9, 5000, 3)


@pytest.mark.parametrize(
    "change", [{"host": "elders.example"}, {"port": "25"}, {"security": "tls"}, {"username": "ander"}]
)
def test_the_stored_password_goes_nowhere_else(
    shop: Tenant, shop_client: Client, change: dict[str, str]
) -> None:
    shop_client.post(NEW, GIVEN)
    assert shop_client.post(page_of(shop), GIVEN | {"password": ""} | change).status_code == 422
    assert stored(shop).host == "smtp.winkel.example"


TOKEN = GIVEN | {
    "login": "token", "password": "verversen", "token_url": "https://login.example/token", "client_id": "wij",
    "client_secret": "klant-geheim",
}  # fmt: skip


def test_a_refresh_token_and_its_clients_secret_are_sealed_and_go_nowhere_else(
    shop: Tenant, shop_client: Client
) -> None:
    assert shop_client.post(NEW, TOKEN).status_code == 302
    relay = stored(shop)
    assert keys.unseal(relay.client_secret, "relay") == "klant-geheim"
    elsewhere = TOKEN | {"password": "", "client_secret": "", "token_url": "https://elders.example/token"}
    page = shop_client.post(page_of(shop), elsewhere)
    assert page.status_code == 422
    assert "klant-geheim" not in page.content.decode()
    assert stored(shop).token_url == "https://login.example/token"


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
        {"weight": "0"},
        {"per_hour": "-1"},
        {"token_url": "http://login.example/"},
        {"token_url": "https://binnen.example/"},
        {"login": "token", "username": ""},
    ],
)
def test_a_relay_that_cannot_be_used_is_not_kept(
    shop: Tenant, shop_client: Client, wrong: dict[str, str]
) -> None:
    assert shop_client.post(NEW, GIVEN | wrong).status_code == 422
    with account(shop.id):
        assert not Relay.objects.exists()


@pytest.mark.parametrize("verb", ["", "testen/", "aan/", "uit/", "grens/", "verwijderen/"])
def test_a_stranger_cannot_touch_the_shops_relay(
    shop: Tenant, shop_client: Client, stranger_client: Client, verb: str
) -> None:
    shop_client.post(NEW, GIVEN)
    assert "smtp.winkel.example" not in stranger_client.get(PAGE).content.decode()
    assert stranger_client.post(page_of(shop) + verb, GIVEN).status_code == 404
    assert stored(shop).enabled


@pytest.mark.parametrize("result", list(probe.Result))
def test_the_trial_says_in_words_what_happened(
    shop: Tenant, shop_client: Client, monkeypatch: pytest.MonkeyPatch, result: probe.Result
) -> None:
    shop_client.post(NEW, GIVEN)
    monkeypatch.setattr(probe, "probe", lambda host: probe.Probe(result=result, words="535 5.7.8 nee"))
    page = shop_client.post(page_of(shop) + "testen/").content.decode()
    assert "535 5.7.8 nee" in page
    assert ("Het werkt" in page) == (result is probe.Result.READY)


def under_way(relay: Relay) -> Shard:
    issue = Issue.objects.create(subject="x", sender_address="a@winkel.example", purpose="newsletter")
    return Shard.objects.create(issue=issue, n=0, contact_ids=[1], relay_id=relay.id)


@pytest.mark.parametrize("verb", ["uit/", "verwijderen/"])
def test_the_only_relay_of_a_mailing_under_way_stays(shop: Tenant, shop_client: Client, verb: str) -> None:
    shop_client.post(NEW, GIVEN)
    with account(shop.id):
        under_way(stored(shop))
    page = shop_client.post(page_of(shop) + verb, follow=True).content.decode()
    assert "geen andere" in page
    assert stored(shop).enabled


@pytest.mark.parametrize("act", [actions_relays.remove, lambda relay: actions_relays.switch(relay, on=False)])
def test_another_relay_takes_over_what_is_under_way(shop: Tenant, act: Callable[[Relay], None]) -> None:
    with account(shop.id):
        one = Relay.objects.create(name="een", host="a.example")
        other = Relay.objects.create(name="twee", host="b.example", weight=2)
        shard = under_way(one)
        act(one)
        shard.refresh_from_db()
        assert shard.relay_id == other.id
        assert queries.relay_turns() == [other.id, other.id]


def test_a_limit_for_one_receiver_is_kept_and_ended(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(NEW, GIVEN)
    limit = page_of(shop) + "grens/"
    given = {"provider": "google", "per_hour": "500", "per_connection": "20"}
    assert shop_client.post(limit, given).status_code == 302
    assert stored(shop).limits == {"google": {"per_hour": 500, "per_connection": 20}}
    assert "Gmail" in shop_client.get(page_of(shop)).content.decode()
    assert shop_client.post(limit, {"provider": "niemand", "per_hour": "5"}).status_code == 422
    shop_client.post(limit, {"provider": "google"})
    assert stored(shop).limits == {}


def test_the_list_says_which_share_each_relay_has(shop: Tenant, shop_client: Client) -> None:
    assert "Mailserver toevoegen" in shop_client.get(PAGE).content.decode()
    with account(shop.id):
        Relay.objects.create(name="een", host="a.example", weight=3)
        Relay.objects.create(name="twee", host="b.example")
        Relay.objects.create(name="uit", host="c.example", enabled=False)
    page = shop_client.get(PAGE).content.decode()
    assert "75 %" in page
    assert "25 %" in page


@pytest.mark.parametrize(
    ("weights", "turns"),
    [({5: 1}, [5]), ({5: 1, 6: 1}, [5, 6]), ({5: 3, 6: 1}, [5, 5, 6, 5]), ({-1: 2, -2: 1}, [-1, -2, -1])],
)
def test_turns_are_as_many_as_weights_and_well_mixed(weights: dict[int, int], turns: list[int]) -> None:
    assert rules.turns(weights) == turns
    assert sorted(rules.turns(weights, start=0.99)) == sorted(turns)


def test_saving_does_not_lead_to_another_account(shop: Tenant, stranger: Tenant, shop_client: Client) -> None:
    shop_client.post(NEW, GIVEN)
    with account(stranger.id):
        assert not Relay.objects.exists()
