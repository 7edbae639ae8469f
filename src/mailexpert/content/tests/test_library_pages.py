"""The library of pictures in a real browser: dropped, pasted, and aimed at by a click."""

import base64
from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.content import actions_images
from mailexpert.content.models import Image
from mailexpert.content.tests.test_library import picture
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HELD = """([given, names]) => {
  const held = new DataTransfer();
  for (const name of names) {
    const bytes = Uint8Array.from(atob(given), (letter) => letter.charCodeAt(0));
    held.items.add(new File([bytes], name, {type: 'image/png'}));
  }
  return held;
}"""


def holding(page: Any, *names: str, data: bytes = b"") -> Any:
    """What a hand or the clipboard holds: a picture under each of these names."""
    return page.evaluate_handle(HELD, [base64.b64encode(data or picture()).decode(), list(names)])


def names_in(tenant: Tenant) -> list[str]:
    with account(tenant.id):
        return sorted(Image.objects.values_list("name", flat=True))


def test_photos_are_dropped_and_asked_about(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop)
    page.goto("/sjablonen/beelden/")
    held = holding(page, "krat.png", "doos.png")
    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": held})
    assert page.locator("[data-drop].is-over").count() == 1
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": held})
    page.wait_for_url("**/beschrijven/**")
    assert names_in(shop) == ["doos.png", "krat.png"]
    assert_accessible(page)


def test_a_photo_is_pasted(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop)
    page.goto("/sjablonen/beelden/")
    held = holding(page, "plakje.png")
    page.evaluate(
        "held => document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true}))",
        held,
    )
    page.wait_for_url("**/beschrijven/**")
    assert names_in(shop) == ["plakje.png"]


def test_what_is_dropped_and_no_photo_is_named_and_not_kept(page_as: PageAs, shop: Tenant) -> None:
    page = page_as(shop)
    page.goto("/sjablonen/beelden/")
    held = holding(page, "kwaad.png", data=b"<svg onload=alert(1)>")
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": held})
    page.locator("[data-drop-said]", has_text="kwaad.png: Dit is geen beeld").wait_for()
    assert names_in(shop) == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_a_click_says_what_matters(page_as: PageAs, shop: Tenant, width: int, dark: bool) -> None:
    with account(shop.id):
        photo = actions_images.keep_image(picture(), name="krat.png", alt="Een krat")
    page = page_as(shop, width=width, dark=dark)
    page.goto(f"/sjablonen/beelden/{photo.pk}/")
    assert_accessible(page)
    box = page.locator("[data-focus] img").bounding_box()
    page.locator("[data-focus] img").click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.2})
    assert (page.input_value("#id_across"), page.input_value("#id_down")) == ("90", "20")
    page.select_option("#id_ratio", "1:1")
    page.locator("form[data-cut] button").click()
    page.wait_for_url("**/beelden/*/")
    with account(shop.id):
        made = Image.objects.exclude(id=photo.pk).get()
    assert (made.width, made.original_id) == (200, photo.pk)
