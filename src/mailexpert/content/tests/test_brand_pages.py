"""The brand in Chromium: read from a site by keyboard, measured while one chooses, taken over."""

import os

import pytest

from mailexpert.content.models import Brand
from mailexpert.content.tests.test_brand import ACCENT, site  # noqa: F401
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import assert_accessible


@pytest.mark.django_db(transaction=True)
def test_a_brand_is_read_from_the_site_and_taken_over_by_keyboard(page_as, shop, site):  # noqa: F811
    page = page_as(shop, width=375)
    page.goto("/sjablonen/huisstijl/")
    page.get_by_label("Adres van je site").fill("lindewoud.example")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Gevonden op").wait_for()
    assert_accessible(page)
    if where := os.environ.get("LOOK"):
        page.screenshot(path=where, full_page=True)
    page.get_by_label("Geen van deze").press(" ")
    page.get_by_role("button", name="Overnemen").press("Enter")
    page.get_by_text("Overgenomen").wait_for()
    with account(shop.id):
        assert Brand.objects.get().accent == ACCENT
    page.locator("#id_accent").fill("#ffe000")
    page.get_by_text("wordt je kleur donkerder").wait_for()
    assert_accessible(page)
