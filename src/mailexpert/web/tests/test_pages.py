"""The frame in a real browser: readable by everyone, on every width, light and dark, in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailexpert.conftest import Tenant
from mailexpert.contacts.models import Contact
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_overview_is_accessible(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    page = page_as(shop, width=width, dark=dark)
    page.goto("/")
    assert_accessible(page)


@pytest.mark.parametrize("address", ["/", "/no-such-page/"])
def test_a_visitor_reads_pages_that_are_accessible(page_as: PageAs, address: str) -> None:
    page = page_as(width=375)
    page.goto(address)
    page.faults.clear() if address != "/" else None  # type: ignore[attr-defined]
    assert_accessible(page)


def test_the_keyboard_reaches_the_content_first(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_menu_opens_and_closes_on_a_narrow_screen(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop, width=375)
    page.goto("/")
    assert not page.get_by_role("link", name="Contacten", exact=True).is_visible()
    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("link", name="Contacten", exact=True).is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Contacten", exact=True).is_visible()


def test_a_click_changes_language_and_theme(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop)
    page.goto("/automatiseringen/")
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Automations"
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 22, 38)"


@pytest.mark.parametrize(("width", "dark"), [(375, True), (1440, False)])
def test_every_room_is_accessible(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    page = page_as(shop, width=width, dark=dark)
    page.goto("/")
    links = page.locator(".me-nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(links) == 9
    for link in links:
        page.goto(link)
        assert page.locator("h1").count() == 1, link
        assert_accessible(page)


def test_a_filled_overview_is_accessible_on_a_phone(page_as: PageAs, shop: Tenant) -> None:
    with account(shop.id):
        for days in (2, 40, 80, 400):
            then = timezone.now() - timedelta(days=days)
            Contact.objects.create(email=f"p{days}@voorbeeld.nl", created_at=then)
    page = page_as(shop, width=375)
    page.goto("/")
    assert page.get_by_role("img").count() == 1
    assert_accessible(page)
    page.get_by_text("Toon als tabel").click()
    assert page.get_by_role("columnheader", name="Maand").is_visible()
    assert_accessible(page)
