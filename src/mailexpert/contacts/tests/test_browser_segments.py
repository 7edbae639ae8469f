"""The segment editor in Chromium, with mouse and with keyboard alone."""

from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts import queries_segments as counting
from mailexpert.contacts.models import Field, Segment
from mailexpert.contacts.tests.cast import make_contact, make_list
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _people(shop: Tenant) -> None:
    with account(shop.id):
        Field.objects.create(name="city", label="Plaats", kind="text", slot="t1")
        into = make_list()
        for n, name in enumerate(("Anna", "Bart", "Chris", "Dirk")):
            make_contact(
                f"{name.lower()}@voorbeeld.example", into, first_name=name, t1="Ede" if n % 2 else "Epe"
            )


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_segment_is_made_with_the_mouse(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    _people(shop)
    page = page_as(shop, width=width, dark=dark)
    page.goto("/contacten/segmenten/nieuw/")
    page.fill("#segment-name", "Uit Ede")
    page.select_option("#on-r-0", "field:city")
    page.wait_for_selector("#test-r-0 >> option[value=begins]", state="attached")
    page.fill("#value-r-0", "ede")
    page.wait_for_selector("#segment-total >> text=2")
    page.click("button[value='group:r']")
    page.wait_for_selector("#on-r-1-0")
    assert_accessible(page)
    page.select_option("#on-r-1-0", "first_name")
    page.wait_for_selector("#test-r-1-0 >> option[value=begins]", state="attached")
    page.fill("#value-r-1-0", "bart")
    page.wait_for_selector("#segment-total >> text=/^1/")
    page.click(".me-panel-foot .btn-primary")
    page.wait_for_selector("text=Uit Ede")
    assert_accessible(page)
    with account(shop.id):
        assert len(Segment.objects.get().rules["parts"]) == 2


def test_a_segment_is_made_with_the_keyboard_alone(page_as: PageAs, shop: Tenant) -> None:
    _people(shop)
    page = page_as(shop)
    page.goto("/contacten/segmenten/nieuw/")
    page.focus("#segment-name")
    page.keyboard.type("Iedereen")
    page.focus("button[value='rule:r']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#on-r-1")
    assert page.evaluate("document.activeElement.id") == "on-r-1"
    page.focus("button[value='drop:r-1']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#on-r-1", state="detached")
    page.focus("#value-r-0")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("#segment-total >> text=4")
    page.focus("#segment-name")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacten/segmenten/")
    with account(shop.id):
        assert Segment.objects.get().rules["parts"][0]["test"] == "signed_up"


def test_a_count_that_takes_long_is_about_so_many_at_once_and_exact_a_moment_later(
    page_as: PageAs, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    _people(shop)
    monkeypatch.setattr(counting, "_counted", _only_patiently(counting._counted))
    page = page_as(shop)
    with page.expect_response(lambda answer: "exactly=1" in (answer.request.post_data or "")) as exact:
        page.goto("/contacten/segmenten/nieuw/")
        assert page.inner_text("#segment-total").startswith("ongeveer")
        assert_accessible(page)
    assert exact.value.ok
    page.wait_for_selector("#segment-total >> text=/^4/")
    assert "ongeveer" not in page.inner_text("#segment-total")


def _only_patiently(count: Any) -> Any:
    """As where a third of a second is too short, and twenty seconds are enough."""
    return lambda rules, within_ms: None if within_ms == counting.QUICK_MS else count(rules, within_ms)
