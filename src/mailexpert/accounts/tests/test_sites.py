"""Showing that a web site is the account's own."""

import pytest
from django.test import Client

from mailexpert.accounts import actions_site
from mailexpert.accounts.models import Site
from mailexpert.base import names, webpage
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account


class Dns:
    """Name servers that say one thing of one name."""

    def __init__(self, name: str = "", text: str = "") -> None:
        self.name, self.text = name, text

    def texts(self, name: str) -> names.Answer:
        said = (self.text,) if name == self.name else ()
        return names.Answer(state=names.State.FOUND if said else names.State.NOTHING, values=said)

    def mail_hosts(self, name: str) -> names.Answer:
        return names.FAILED


def _away(url: str) -> webpage.Fetched:
    raise webpage.NotFetched("silent")


def test_a_record_or_a_file_shows_it_and_nothing_else(in_shop: Tenant) -> None:
    site = actions_site.claim("https://Winkel.example/pagina")
    assert site.host == "winkel.example"
    assert not actions_site.check(site, Dns(), _away)
    assert not actions_site.check(site, Dns("winkel.example", site.proof), _away)
    assert actions_site.verified_hosts() == []
    assert actions_site.check(site, Dns("_mailexpert.winkel.example", site.proof), _away)
    assert actions_site.verified_hosts() == ["winkel.example"]


@pytest.mark.parametrize(
    ("led_to", "says", "is_seen"),
    [("", "{proof}", True), ("https://elders.example/x", "{proof}", False), ("", "{proof}0", False)],
)
def test_a_file_counts_where_the_site_itself_answers(
    in_shop: Tenant, led_to: str, says: str, is_seen: bool
) -> None:
    site = actions_site.claim("winkel.example")

    def fetch(url: str) -> webpage.Fetched:
        data = says.format(proof=site.proof).encode()
        return webpage.Fetched(url=led_to or url, kind="text/plain", data=data)

    assert actions_site.check(site, Dns(), fetch) is is_seen


@pytest.mark.parametrize("wrong", ["", "x", "127.0.0.1", "a b.example", "https://", "http://[::1"])
def test_what_is_no_site_is_refused(shop_client: Client, shop: Tenant, wrong: str) -> None:
    assert shop_client.post("/instellingen/sites/toevoegen/", {"host": wrong}).status_code == 422
    with account(shop.id):
        assert not Site.objects.exists()


def test_two_accounts_may_claim_one_site_and_each_needs_its_own_proof(
    shop_client: Client, stranger_client: Client, shop: Tenant, stranger: Tenant
) -> None:
    for client in (shop_client, stranger_client):
        assert client.post("/instellingen/sites/toevoegen/", {"host": "winkel.example"}).status_code == 302
        assert client.post("/instellingen/sites/toevoegen/", {"host": "winkel.example"}).status_code == 422
    with account(shop.id):
        ours = Site.objects.get()
    with account(stranger.id):
        theirs = Site.objects.get()
        assert not actions_site.check(theirs, Dns(theirs.record_name, ours.proof), _away)
    assert shop_client.get("/instellingen/sites/").status_code == 200
