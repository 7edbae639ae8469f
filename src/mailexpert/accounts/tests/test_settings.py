"""Instellingen & Opties: every item changed there takes effect (A26)."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client

from mailexpert.accounts.cookies import COOKIES
from mailexpert.accounts.models import Account, ApiToken
from mailexpert.accounts.queries import account_of_token
from mailexpert.accounts.tests.door import link_in, log_in_by_form
from mailexpert.conftest import PASSWORD, Tenant
from mailexpert.core.scope import account

pytestmark = pytest.mark.django_db
Run = Callable[[], int]
PAGES = (
    "/instellingen/", "/instellingen/profiel/", "/instellingen/e-mail/", "/instellingen/wachtwoord/",
    "/instellingen/organisatie/", "/instellingen/gebruikers/", "/instellingen/mails/", "/instellingen/pakket/",
    "/instellingen/cookies/", "/instellingen/privacy/", "/instellingen/apparaten/", "/instellingen/tokens/",
)  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_section_opens_and_the_place_is_marked(
    shop: Tenant, shop_client: Client, page: str, language: str
) -> None:
    shop.owner.language = language
    shop.owner.save(update_fields=["language"])
    answer = shop_client.get(page)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert [link.key for link in answer.context["navigation"] if link.current] == ["settings"]


def test_a_changed_profile_takes_effect(shop: Tenant, shop_client: Client) -> None:
    shop_client.post("/instellingen/profiel/", {"full_name": "Anna Vries", "language": "en", "theme": "dark"})
    page = shop_client.get("/instellingen/profiel/").content.decode()
    assert 'data-bs-theme="dark"' in page
    assert "Anna Vries" in page
    assert "<h1>Profile</h1>" in page


def test_a_changed_organisation_stands_below_the_mailings(shop: Tenant, shop_client: Client) -> None:
    shop_client.post(
        "/instellingen/organisatie/",
        {"kind": "organisation", "name": "De Vries", "kvk": "12345678", "vat_number": "NL123456789B01",
         "postal_address": "Molenpad 1\n1234 AB Lindewoud", "sender_note": "ANBI"},
    )  # fmt: skip
    with account(shop.id):
        line = Account.objects.get().sender_line
    assert line == "De Vries · Molenpad 1, 1234 AB Lindewoud · ANBI"
    assert line in shop_client.get("/instellingen/organisatie/").content.decode()


def test_a_name_can_t_carry_a_header(shop: Tenant, shop_client: Client) -> None:
    answer = shop_client.post(
        "/instellingen/organisatie/", {"kind": "person", "name": "A\r\nBcc: x@example.org"}
    )
    assert "één regel" in answer.content.decode()


def test_choices_of_mails_are_kept(shop: Tenant, shop_client: Client) -> None:
    shop_client.post("/instellingen/mails/", {"wants_promotions": "on"})
    shop.owner.refresh_from_db()
    assert (shop.owner.wants_product_updates, shop.owner.wants_promotions) == (False, True)


def test_a_new_address_counts_from_its_confirmation_on(
    shop: Tenant, shop_client: Client, run_jobs: Run
) -> None:
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True, primary=True)
    old, new = shop.owner.email, "nieuw@winkel.example"
    shop_client.post("/instellingen/e-mail/", {"email": new, "password": PASSWORD})
    assert log_in_by_form(Client(), old)["Location"] == "/"
    assert new in shop_client.get("/instellingen/profiel/").content.decode()
    run_jobs()
    shop_client.post(link_in(str(mail.outbox[0].body)))
    assert log_in_by_form(Client(), new)["Location"] == "/"
    assert log_in_by_form(Client(), old).status_code == 200
    run_jobs()
    assert mail.outbox[-1].to == [old], "the old address hears that it was replaced"


def test_a_new_address_takes_the_password(shop: Tenant, shop_client: Client, run_jobs: Run) -> None:
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True, primary=True)
    answer = shop_client.post("/instellingen/e-mail/", {"email": "nieuw@winkel.example", "password": "fout"})
    assert "niet je huidige wachtwoord" in answer.content.decode()
    run_jobs()
    assert mail.outbox == []


def test_a_token_is_shown_once_and_works_until_it_is_revoked(shop: Tenant, shop_client: Client) -> None:
    answer = shop_client.post("/instellingen/tokens/maken/", {"name": "website", "scopes": ["read", "send"]})
    token = answer.context["fresh"]
    assert token in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert token not in shop_client.get("/instellingen/tokens/").content.decode()
    found = account_of_token(token)
    assert found is not None
    assert found[1].scopes == ["read", "send"]
    shop_client.post(f"/instellingen/tokens/{found[1].id}/intrekken/")
    assert account_of_token(token) is None


def test_a_stranger_sees_no_token_of_the_shop(
    shop: Tenant, shop_client: Client, stranger_client: Client
) -> None:
    shop_client.post("/instellingen/tokens/maken/", {"name": "website", "scopes": ["read"]})
    assert "website" not in stranger_client.get("/instellingen/tokens/").content.decode().split("h-make")[0]
    with account(shop.id):
        assert ApiToken.objects.count() == 1


def test_no_cookie_is_set_that_the_page_doesn_t_name(client: Client, shop: Tenant) -> None:
    EmailAddress.objects.create(user=shop.owner, email=shop.owner.email, verified=True, primary=True)
    log_in_by_form(client, shop.owner.email, remember="on")
    client.get("/instellingen/tokens/")
    client.post("/taal/", {"language": "nl"})
    client.post("/thema/", {"theme": "dark"})
    assert set(client.cookies) == {cookie.name for cookie in COOKIES}
    page = client.get("/cookies/").content.decode()
    assert all(name in page for name in client.cookies)


def test_the_agreements_are_open_to_everyone(client: Client) -> None:
    assert "Verwerkersovereenkomst" in client.get("/verwerkersovereenkomst/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "<h1>Terms</h1>" in client.get("/voorwaarden/").content.decode()
