"""The pages of sender domains, with a stranger beside them."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client

from mailexpert.accounts.actions import OPERATOR
from mailexpert.accounts.models import Account, Membership
from mailexpert.base import env, keys, names
from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.mail import feedback
from mailexpert.sending import actions_domains, words_domains
from mailexpert.sending.models import SenderDomain, SenderKey
from mailexpert.sending.tests.nameserver import Zone, serving
from mailexpert.web.tests.browser import assert_accessible

pytestmark = pytest.mark.django_db
PAGE = "/instellingen/afzenders/"


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    known = replace(
        env.load(), track_url="https://post.mailexpert.example", relay_url="smtp://smtp.relay.example"
    )
    monkeypatch.setattr(env, "load", lambda: known)
    made = Zone()
    with serving(made) as source:
        monkeypatch.setattr(names, "system", lambda: source)
        yield made


def claimed(shop: Tenant, name: str = "winkel.example") -> SenderDomain:
    with account(shop.id):
        return actions_domains.claim(name)


def publish(shop: Tenant, zone: Zone, *, without: str = "") -> None:
    with account(shop.id):
        for record in words_domains.records(SenderDomain.objects.get()):
            if record.key.endswith(without or "nothing"):
                continue
            put = zone.mx if record.is_mx else zone.txt
            put(record.name, record.value)


def feedback_on(page: str) -> str:
    found = re.search(r'id="feedback">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_the_page_names_the_address_that_takes_reports_of_complaints(
    shop: Tenant, shop_client: Client, stranger: Tenant, stranger_client: Client, zone: Zone
) -> None:
    found = claimed(shop)
    where = f"{PAGE}{found.id}/"
    key = keys.derive("links")
    before = feedback_on(shop_client.get(where).content.decode())
    assert before == feedback.address(key, shop.id, "post.mailexpert.example")
    publish(shop, zone)
    page = shop_client.post(where + "controleren/", follow=True).content.decode()
    assert feedback_on(page) == feedback.address(key, shop.id, found.return_host)
    assert stranger_client.get(where).status_code == 404
    theirs = claimed(stranger, "elders.example")
    page = stranger_client.get(f"{PAGE}{theirs.id}/").content.decode()
    assert feedback.read(key, feedback_on(page)) == stranger.id


def test_the_operators_own_domain_takes_reports_about_everybodys_mail(
    shop: Tenant, shop_client: Client
) -> None:
    with beside_wall(Beside.TESTS):
        Account.objects.filter(id=shop.id).update(slug=OPERATOR)
    page = shop_client.get(f"{PAGE}{claimed(shop).id}/").content.decode()
    assert feedback.read(keys.derive("links"), feedback_on(page)) == feedback.INSTALLATION


def test_without_a_public_name_the_page_says_that_no_report_can_come_in(
    shop: Tenant, shop_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = replace(env.load(), track_url="http://localhost:8001")
    monkeypatch.setattr(env, "load", lambda: known)
    page = shop_client.get(f"{PAGE}{claimed(shop).id}/").content.decode()
    assert 'id="feedback"' not in page
    assert "MAILEXPERT_TRACK_URL" in page


def test_a_domain_is_added_published_and_verified(shop: Tenant, shop_client: Client, zone: Zone) -> None:
    answer = shop_client.post(PAGE + "toevoegen/", {"name": "nieuws@Winkel.example"}, follow=True)
    page = answer.content.decode()
    assert "_dmarc.winkel.example" in page
    assert "v=DKIM1; k=ed25519; p=" in page
    publish(shop, zone)
    where = answer.redirect_chain[-1][0]
    page = shop_client.post(where + "controleren/", follow=True).content.decode()
    assert "winkel.example is geverifieerd" in page
    assert "De sleutel staat er" in page


@pytest.mark.parametrize("given", ["", "winkel", "http://x", "winkel.example"])
def test_what_cannot_be_added_is_said_at_the_field(shop: Tenant, shop_client: Client, given: str) -> None:
    claimed(shop)
    answer = shop_client.post(PAGE + "toevoegen/", {"name": given})
    assert answer.status_code == 422
    assert "invalid" in answer.content.decode()


def test_the_private_key_is_never_shown(shop: Tenant, shop_client: Client) -> None:
    made = claimed(shop)
    page = shop_client.get(f"{PAGE}{made.id}/").content.decode()
    with account(shop.id):
        secrets = SenderKey.objects.values_list("secret", flat=True)
        assert not any(secret in page for secret in secrets)


def test_a_stranger_sees_and_changes_nothing(
    shop: Tenant, shop_client: Client, stranger_client: Client
) -> None:
    made = claimed(shop)
    assert "winkel.example" not in stranger_client.get(PAGE).content.decode()
    assert stranger_client.get(f"{PAGE}{made.id}/").status_code == 404
    for verb in ("controleren/", "spf/", "sleutels/", "verwijderen/"):
        assert stranger_client.post(f"{PAGE}{made.id}/{verb}").status_code == 404
    assert shop_client.get(f"{PAGE}{made.id}/").status_code == 200


def test_an_editor_looks_and_checks_but_changes_no_keys(shop: Tenant, shop_client: Client) -> None:
    made = claimed(shop)
    with beside_wall(Beside.TESTS):
        Membership.objects.filter(account_id=shop.id).update(role=Membership.Role.EDITOR)
    assert "sleutels/" not in shop_client.get(f"{PAGE}{made.id}/").content.decode()
    assert shop_client.post(f"{PAGE}{made.id}/controleren/").status_code == 302
    for verb in ("spf/", "sleutels/", "verwijderen/"):
        assert shop_client.post(f"{PAGE}{made.id}/{verb}").status_code == 403
    assert shop_client.post(PAGE + "toevoegen/", {"name": "x.example"}).status_code == 403


def test_keys_are_renewed_and_a_domain_let_go(shop: Tenant, shop_client: Client) -> None:
    made = claimed(shop)
    page = shop_client.post(f"{PAGE}{made.id}/sleutels/", follow=True).content.decode()
    assert "wachten al" in page  # its first ones were never published
    shop_client.post(f"{PAGE}{made.id}/spf/", {"include": "include:spf.provider.example"})
    assert "v=spf1 include:spf.provider.example -all" in shop_client.get(f"{PAGE}{made.id}/").content.decode()
    assert shop_client.post(f"{PAGE}{made.id}/spf/", {"include": "geen naam"}).status_code == 422
    assert shop_client.post(f"{PAGE}{made.id}/verwijderen/").status_code == 302
    with account(shop.id):
        assert not SenderDomain.objects.exists()


def test_a_domain_that_broke_asks_for_attention(
    shop: Tenant, shop_client: Client, zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailexpert.web.views.first_steps", lambda _navigation: [])  # they are behind us
    made = claimed(shop)
    assert "Verifieer het domein" in shop_client.get("/").content.decode()
    publish(shop, zone)
    with account(shop.id):
        actions_domains.check(made)
    assert "Verifieer het domein" not in shop_client.get("/").content.decode()
    zone.records.clear()
    with account(shop.id):
        actions_domains.check(made)
    assert "De records van winkel.example kloppen niet meer" in shop_client.get("/").content.decode()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_the_pages_are_clear_to_everyone(page_as, shop, shop_client, zone, width, dark):
    made = claimed(shop)
    publish(shop, zone, without="spf")
    with account(shop.id):
        actions_domains.check(made)
        actions_domains.renew_keys(made)
        publish(shop, zone, without="spf")
    shop_client.get(PAGE)  # the first page of a process takes seconds on a busy machine
    page = page_as(shop, width=width, dark=dark)
    page.goto(PAGE)
    assert_accessible(page)
    page.get_by_role("link", name="winkel.example").click()
    page.get_by_role("button", name="Nu controleren").click()
    page.get_by_text("Oude sleutels").wait_for()
    assert_accessible(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("button[data-copy=value-spf]").click()
    page.get_by_text("Gekopieerd").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "v=spf1 a:smtp.relay.example -all"
