"""The door and Instellingen & Opties in a real browser: readable by everyone, on every width, light and dark."""

import os
from pathlib import Path

import pytest
from django.test import Client

from mailexpert.accounts.actions import make_token
from mailexpert.accounts.actions_devices import remember_device
from mailexpert.accounts.models import Invitation
from mailexpert.base import clock
from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
DOOR = (
    "inloggen", "aanmelden", "aanmelden/bevestigen", "wachtwoord/vergeten", "wachtwoord/vergeten/verstuurd",
    "wachtwoord/nieuw/1-x", "wachtwoord/nieuw/klaar", "bevestigen/x", "inloggen/uitgeschakeld", "uitnodiging/x",
    "voorwaarden", "verwerkersovereenkomst", "cookies",
)  # fmt: skip
SECTIONS = (
    "", "profiel/", "e-mail/", "wachtwoord/", "organisatie/", "gebruikers/", "mails/", "pakket/", "cookies/",
    "privacy/", "apparaten/", "tokens/",
)  # fmt: skip
# A folder to look at the pages with one's own eyes.
PICTURES = os.environ.get("PICTURES")


@pytest.fixture
def furnished(shop: Tenant) -> Tenant:
    """A shop with something of everything."""
    make_token(shop.account, "website", ["read", "send"])
    remember_device(shop.owner, CHROME, clock.now())
    with account(shop.id):
        Invitation.objects.create(email="noor@winkel.example", invited_by=shop.owner, created_at=clock.now())
    return shop


def picture(page: object, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name.replace('/', '-')}.png"), full_page=True)


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "nl"), (375, True, "en")])
def test_the_door_is_accessible(page_as: PageAs, width: int, dark: bool, language: str) -> None:
    page = page_as(width=width, dark=dark, language=language)
    for address in DOOR:
        page.goto(f"/{address}/")
        picture(page, f"deur-{address}-{width}")
        page.faults.clear() if address == "uitnodiging/x" else None
        assert_accessible(page)


@pytest.mark.parametrize(("width", "dark", "language"), [(1440, False, "nl"), (375, True, "en")])
def test_settings_are_accessible(
    page_as: PageAs, furnished: Tenant, width: int, dark: bool, language: str
) -> None:
    furnished.owner.language = language
    furnished.owner.save(update_fields=["language"])
    page = page_as(furnished, width=width, dark=dark)
    for section in SECTIONS:
        page.goto(f"/instellingen/{section}")
        picture(page, f"inst-{section}{width}")
        assert_accessible(page)


def test_errors_are_said_at_their_field_and_above_the_form(page_as: PageAs) -> None:
    page = page_as(width=375)
    page.goto("/aanmelden/")
    page.locator("form[action='/aanmelden/'] button[type=submit]").click()
    picture(page, "deur-aanmelden-fout-375")
    assert page.evaluate("document.activeElement.classList.contains('me-error-summary')")
    assert_accessible(page)


def test_a_question_is_asked_before_everything_is_logged_out(page_as: PageAs, furnished: Tenant) -> None:
    page = page_as(furnished)
    page.goto("/instellingen/apparaten/")
    page.get_by_role("button", name="Overal uitloggen").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Overal uitloggen").click()
    assert "Elk apparaat is vergeten" in page.content()
    page.goto("/instellingen/")
    assert page.url.endswith("/instellingen/")


def test_a_fresh_token_can_be_read_by_a_person(page_as: PageAs, furnished: Tenant) -> None:
    page = page_as(furnished, width=375)
    page.goto("/instellingen/tokens/")
    page.get_by_label("Naam").fill("kassa")
    page.get_by_role("button", name="Token maken").click()
    picture(page, "inst-tokens-vers-375")
    assert page.get_by_label("Je nieuwe token").input_value().startswith(f"mx_{furnished.id}_")
    assert_accessible(page)


def test_a_remembered_browser_is_still_in_after_it_was_closed(page_as: PageAs, shop: Tenant) -> None:
    page = page_as()
    known = remember_device(shop.owner, CHROME, clock.now())
    page.goto("/inloggen/")
    url = page.url.split("/inloggen")[0]
    page.context.add_cookies([{"name": "mailexpert_device", "value": known.cookie, "url": url}])
    page.goto("/instellingen/apparaten/")
    assert "dit apparaat" in page.content()
    session = next(c for c in page.context.cookies() if c["name"] == "mailexpert_session")
    assert session["expires"] == -1, "a session's cookie ends with the browser"
    known.device.delete()
    assert Client().get("/instellingen/").status_code == 302
