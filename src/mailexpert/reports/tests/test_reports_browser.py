"""The pages of reports in Chromium: nothing grave for axe, nothing off the page, everything by keyboard."""

import pytest
from django.urls import reverse

from mailexpert.core.scope import account
from mailexpert.reports.tests.test_attack import A, B, a_mailing, click
from mailexpert.web.tests.browser import assert_accessible

pytestmark = pytest.mark.browser


@pytest.fixture
def mailings(shop):
    """One that went to many, with clicks; one to few; one that someone is left out of."""
    with account(shop.id):
        many, _rows = a_mailing(40, f"{A} {B}", sent=38)
        few, _few = a_mailing(5, A)
        for link, n in ((0, 25), (1, 4)):
            click(many, link, n=n)
        click(many, 0, n=3, machine=True)
    return many, few


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, False), (375, True)])
def test_every_page_is_accessible(page_as, shop, mailings, width, dark):
    many, few = mailings
    page = page_as(shop, width=width, dark=dark)
    for address in (
        reverse("reports:index"),
        reverse("reports:mailing", args=[many.id]),
        reverse("reports:mailing", args=[few.id]),
        reverse("reports:map", args=[many.id]),
        reverse("reports:people", args=[many.id]),
        f"{reverse('reports:compare')}?m={many.id}&m={few.id}",
        reverse("reports:audience"),
    ):
        page.goto(address)
        assert_accessible(page)


def test_somebody_with_keys_alone_goes_from_the_report_to_the_map_and_compares(page_as, shop, mailings):
    many, _few = mailings
    page = page_as(shop)
    page.goto(reverse("reports:mailing", args=[many.id]))
    goes_to(page, f"a[href='{reverse('reports:map', args=[many.id])}']")
    page.keyboard.press("Enter")
    page.frame_locator("iframe").get_by_text("1 · 65,8").wait_for()
    page.goto(reverse("reports:compare"))
    for mailing in mailings:
        goes_to(page, f"input[value='{mailing.id}']")
        page.keyboard.press("Space")
    goes_to(page, "main form button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Kliks, op de 100 verzonden mails").wait_for()


def goes_to(page, selector):
    """Tab by Tab, to the first that the selector names."""
    for _step in range(120):
        if page.evaluate("name => document.activeElement?.matches(name) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {selector}")
