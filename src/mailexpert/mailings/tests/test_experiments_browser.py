"""The pages of a test of versions in Chromium: by day and in the dark, narrow and wide, Dutch and English; before it
begins, while it runs, and when it is decided."""

import os
from pathlib import Path

import pytest

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft
from mailexpert.mailings.tests.trial import clicked, everyone_had_a_turn, start, trial
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")  # a folder to look at them in


@pytest.fixture
def tests(shop: Tenant) -> dict[str, Mailing]:
    """One for each state that the pages have."""
    with account(shop.id):
        made = {
            "planned": trial(200),
            "running": trial(400, list_name="Loopt"),
            "chosen": trial(400, list_name="Gekozen"),
            "small": trial(60, list_name="Klein"),  # too few: its page says so
        }
        for name in ("running", "chosen"):
            start(made[name])
            everyone_had_a_turn(made[name])
        clicked(made["running"], a=9, b=14, machines=40)
        clicked(made["chosen"], a=4, b=31)
        experiments.choose(made["chosen"], 1, by=shop.owner.pk)
        made["untested"] = draft()
        return made


@pytest.mark.parametrize(
    ("width", "dark", "language"),
    [(1440, False, "nl"), (375, True, "nl"), (1440, True, "en"), (375, False, "en")],
)
def test_the_pages_are_fit_for_everyone(
    page_as: PageAs, shop: Tenant, tests: dict[str, Mailing], width: int, dark: bool, language: str
) -> None:
    page = page_as(shop, width=width, dark=dark, language=language)
    for name, where in (
        ("untested", "test/"), ("planned", "test/"), ("running", "test/"), ("chosen", "test/"), ("small", "test/"),
        ("running", "rapport/"), ("chosen", "rapport/"),
    ):  # fmt: skip
        page.goto(f"/mailings/{tests[name].pk}/{where}")
        assert page.locator("html").get_attribute("lang") == language
        if where == "test/" and name in ("untested", "planned", "small"):
            for choice in {"nl": ("van het publiek", "4 uur"), "en": ("of the audience", "4 hours")}[
                language
            ]:
                assert choice in page.locator("main").inner_text()
        if PICTURES:
            shot = f"{name}-{where.strip('/')}-{width}-{language}.png"
            page.screenshot(path=Path(PICTURES) / shot, full_page=True)
        assert_accessible(page)
