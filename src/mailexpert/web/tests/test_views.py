from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from mailexpert.conftest import Tenant

pytestmark = pytest.mark.django_db

LABELS = [
    "Overzicht",
    "Mailings",
    "Automatiseringen",
    "Contacten",
    "Formulieren",
    "Sjablonen &amp; afbeeldingen",
    "Rapporten",
    "Nieuws",
    "Instellingen &amp; Opties",
]


def test_a_visitor_gets_the_front_page_in_dutch(client: Client) -> None:
    answer = client.get("/", headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert '<html lang="nl"' in answer.content.decode()
    assert "Inloggen" in answer.content.decode()


def test_the_overview_of_an_empty_account_leads_to_its_first_mailing(shop_client: Client) -> None:
    page = shop_client.get("/").content.decode()
    assert "Winkel de Vries" in page
    assert "Naar je eerste mailing" in page
    assert page.count('aria-current="step"') == 1


def test_the_overview_of_a_stranger_shows_nothing_of_the_shop(shop: Tenant, stranger_client: Client) -> None:
    page = stranger_client.get("/").content.decode()
    assert "Vreemde BV" in page
    assert shop.account.name not in page


def test_every_room_of_the_product_has_its_place_in_the_navigation(shop_client: Client) -> None:
    page = shop_client.get("/").content.decode()
    navigation = page[page.index('<div class="me-nav">') : page.index('class="me-side-foot"')]
    places = [navigation.index(f"</svg>{label}</a>") for label in LABELS]
    assert places == sorted(places)


def test_a_room_to_come_says_what_will_come(shop_client: Client) -> None:
    page = shop_client.get(reverse("web:automations")).content.decode()
    assert "Hier bouw je straks reeksen mails" in page
    assert 'aria-current="page"' in page


def test_a_visitor_is_led_to_the_door(client: Client) -> None:
    answer = client.get(reverse("web:automations"))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


def test_the_language_is_remembered_everywhere(shop: Tenant, shop_client: Client) -> None:
    answer = shop_client.post(reverse("web:language"), {"language": "en", "next": "/automatiseringen/"})
    assert answer["Location"] == "/automatiseringen/"
    assert answer.cookies["mailexpert_language"].value == "en"
    shop.owner.refresh_from_db()
    assert shop.owner.language == "en"
    assert '<html lang="en"' in shop_client.get("/").content.decode()


def test_a_visitor_keeps_the_language_that_was_chosen(client: Client) -> None:
    client.post(reverse("web:language"), {"language": "en"})
    assert "Log in" in client.get("/").content.decode()


def test_a_language_that_we_do_not_speak_changes_nothing(client: Client) -> None:
    client.post(reverse("web:language"), {"language": "xx"})
    assert '<html lang="nl"' in client.get("/").content.decode()


def test_the_theme_is_remembered_and_auto_leaves_it_to_the_device(shop_client: Client) -> None:
    shop_client.post(reverse("web:theme"), {"theme": "dark"})
    assert 'data-bs-theme="dark"' in shop_client.get("/").content.decode()
    shop_client.post(reverse("web:theme"), {"theme": "auto"})
    assert "data-bs-theme" not in shop_client.get("/").content.decode()


@pytest.mark.parametrize("to", ["https://elders.example/", "//elders.example/", "javascript:alert(1)", ""])
def test_a_switch_never_leads_to_another_site(client: Client, to: str) -> None:
    assert client.post(reverse("web:theme"), {"theme": "dark", "next": to})["Location"] == "/"


def test_a_switch_only_listens_to_a_post(client: Client) -> None:
    assert client.get(reverse("web:language")).status_code == 405


def test_healthz_answers_when_web_and_database_do(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_healthz_says_when_the_database_does_not_answer(client: Client) -> None:
    with mock.patch("mailexpert.web.views.connection.cursor", side_effect=OperationalError):
        assert client.get("/healthz").status_code == 503


def test_the_content_policy_refuses_inline_code_and_eval(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_a_visitor_who_only_reads_gets_no_cookie(client: Client) -> None:
    assert not client.get("/").cookies


def test_a_switch_needs_no_token_but_comes_from_our_own_pages() -> None:
    visitor = Client(enforce_csrf_checks=True)
    there = reverse("web:theme")
    assert (
        visitor.post(there, {"theme": "dark"}, headers={"sec-fetch-site": "same-origin"}).status_code == 302
    )
    assert visitor.post(there, {"theme": "dark"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
