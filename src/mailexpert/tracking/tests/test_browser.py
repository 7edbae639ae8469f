"""Settings, Measuring, in a browser: empty and full, in both languages, of any size, light and dark; by keyboard."""

import os
from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.tracking import actions
from mailexpert.tracking.models import Measuring
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/instellingen/meten/"
PICTURES = os.environ.get("PICTURES", "")  # a folder, for who wants to look
ASSESSMENT = "Map 3 van de kwaliteitsmap, 12 november 2026"
TITLES = {"nl": "Meten", "en": "Measuring"}


def choose_all(shop: Tenant) -> None:
    """Everything that can stand on the page: the farthest mode, opens, and the operator's switch."""
    with account(shop.id):
        actions.set_measuring(highest="individual", opens=True, assessment=ASSESSMENT)
    with beside_wall(Beside.TESTS):
        actions.turn_pixels(off=True)


@pytest.mark.parametrize(
    ("width", "dark", "language"),
    [(1440, False, "nl"), (375, True, "en"), (375, False, "nl"), (1440, True, "en")],
)
@pytest.mark.parametrize("state", ["new", "chosen", "refused"])
def test_the_page_is_whole_in_every_state(
    page_as: PageAs, shop: Tenant, width: int, dark: bool, language: str, state: str
) -> None:
    shop.owner.language = language
    shop.owner.save(update_fields=["language"])
    if state == "chosen":
        choose_all(shop)
    page = page_as(shop, width=width, dark=dark)
    page.set_default_navigation_timeout(60_000)  # the first page of a run makes the styles
    page.goto(PAGE)
    assert page.locator("h1").inner_text() == TITLES[language]
    if state == "refused":
        page.locator("input[name=highest][value=individual]").check()
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_selector("[aria-invalid=true]")
        page.faults.clear()  # type: ignore[attr-defined]  # the browser names the 422
    assert_accessible(page)
    if PICTURES:
        name = f"meten-{state}-{width}-{language}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(PICTURES) / name, full_page=True)


def test_how_far_an_account_goes_is_chosen_by_keyboard_alone(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop)
    page.set_default_navigation_timeout(60_000)
    page.goto(PAGE)
    page.locator("input[name=highest][value=aggregate]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Map 3")
    page.keyboard.press("Enter")
    page.get_by_text("Bewaard").first.wait_for()
    with account(shop.id):
        kept = Measuring.objects.get()
    assert (kept.highest, kept.opens, kept.assessment) == ("individual", True, "Map 3")
