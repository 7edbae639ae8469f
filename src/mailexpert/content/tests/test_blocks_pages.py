"""Writing in blocks in a real browser: by keyboard alone, said aloud, undone and done again, saved while one writes."""

import json
from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.contacts import actions_segments
from mailexpert.contacts.rules import tree
from mailexpert.content import actions_images
from mailexpert.content.models import Image
from mailexpert.content.tests.block_samples import block, mail
from mailexpert.content.tests.test_library import picture
from mailexpert.core.scope import account
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.tests.cast import draft, people
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mailing(shop: Tenant) -> Mailing:
    with account(shop.id):
        news, _rows = people(3)
        return draft(news, kind="blocks", source=mail(), subject="Kerst", preheader="Help je mee?")


class Writer:
    """Someone who writes without a mouse."""

    def __init__(self, page_as: PageAs, shop: Tenant, mailing: Mailing, **options: Any) -> None:
        self.shop, self.mailing = shop, mailing
        self.page = page_as(shop, **options)
        self.page.set_default_timeout(60_000)
        self.page.goto(f"/mailings/{mailing.pk}/")
        self.page.wait_for_selector("[data-blocks-list]")
        self.page.wait_for_selector("[data-reader-frames] iframe:not(.is-coming)")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def adds(self, kind: str) -> None:
        """From the button below the blocks, or under the block one is in."""
        self.page.wait_for_selector("[data-blocks-menu]:popover-open button")
        names = self.page.locator("[data-blocks-menu] li span").all_text_contents()
        self.press(*["ArrowDown"] * names.index(kind), "Enter")

    def kinds(self) -> list[str]:
        return self.page.locator("[data-blocks-list] > [data-kind] > .me-block-kind").all_text_contents()

    def said(self) -> str:
        return str(self.page.locator("[data-blocks-said]").text_content())

    def saved(self) -> list[dict[str, Any]]:
        self.page.wait_for_timeout(1000)
        self.page.locator("#kept:visible", has_text="Alles is bewaard").wait_for()
        with account(self.shop.id):
            self.mailing.refresh_from_db()
        blocks: list[dict[str, Any]] = json.loads(self.mailing.source)["blocks"]
        return blocks


def test_a_mail_is_written_by_keyboard_alone(page_as: PageAs, shop: Tenant, mailing: Mailing) -> None:
    writer = Writer(page_as, shop, mailing)
    writer.page.focus("[data-blocks-add]")
    writer.press("Enter")
    writer.adds("Kop")
    writer.type("Nog 412 te vullen")
    writer.press("Control+Enter")
    writer.adds("Tekst")
    writer.type("Dag allemaal,")
    writer.press("Enter")
    writer.type("Er staan er 228 klaar.")
    writer.press("Control+Enter")
    writer.adds("Knop")
    writer.type("Vul een pakket")
    writer.press("Tab")
    writer.type("https://lindewoud.example/kerst")
    assert writer.kinds() == ["Kop", "Tekst", "Knop"]
    blocks = writer.saved()
    assert blocks[0] == {"kind": "heading", "text": "Nog 412 te vullen", "level": "2"}
    assert blocks[1]["html"] == "<p>Dag allemaal,</p><p>Er staan er 228 klaar.</p>"
    assert blocks[2]["link"] == "https://lindewoud.example/kerst"
    writer.press("Alt+ArrowUp")
    assert writer.kinds() == ["Kop", "Knop", "Tekst"]
    assert "blok 2 van 3" in writer.said()
    writer.press("Alt+Delete")
    assert writer.kinds() == ["Kop", "Tekst"]
    writer.press("Control+z")
    assert writer.kinds() == ["Kop", "Knop", "Tekst"]
    writer.press("Control+y")
    assert writer.kinds() == ["Kop", "Tekst"]
    assert len(writer.saved()) == 2
    mail_frame = writer.page.frame_locator("[data-reader-frames] iframe:not(.is-coming)")
    mail_frame.get_by_text("Er staan er 228 klaar.").wait_for()


def test_a_field_stands_in_a_text_as_a_word(page_as: PageAs, shop: Tenant, mailing: Mailing) -> None:
    with account(shop.id):
        Mailing.objects.update(source=mail(block("text", html="<p>Dag </p>")))
    writer = Writer(page_as, shop, mailing)
    writer.page.click("[data-rich]")
    writer.press("End")
    writer.page.locator(".is-active").get_by_role("button", name="Veld invoegen").click()
    writer.press("Enter")
    writer.type(", hoe gaat het?")
    assert writer.page.locator("[data-rich] .me-var").text_content() == "voornaam"
    assert (
        writer.saved()[0]["html"] == '<p>Dag {{ contact.first_name | default: "lezer" }}, hoe gaat het?</p>'
    )


def test_a_word_becomes_a_link(page_as: PageAs, shop: Tenant, mailing: Mailing) -> None:
    with account(shop.id):
        Mailing.objects.update(source=mail(block("text", html="<p>verslag</p>")))
    writer = Writer(page_as, shop, mailing)
    writer.page.click("[data-rich]")
    writer.press("Control+a")
    writer.page.locator(".is-active").get_by_role("button", name="Link").click()
    writer.type("lindewoud.nl/verslag")
    writer.press("Enter")
    assert 'href="lindewoud.nl/verslag"' in writer.saved()[0]["html"]


def test_a_block_is_for_a_segment_alone(page_as: PageAs, shop: Tenant, mailing: Mailing) -> None:
    rules = {"join": "all", "parts": [{"on": "first_name", "test": "filled"}]}
    with account(shop.id):
        segment = actions_segments.keep_segment("Vrienden", tree.parse(rules))
        Mailing.objects.update(source=mail(block("text", html="<p>Dank</p>")))
    writer = Writer(page_as, shop, mailing)
    writer.page.click("#block-1 [data-rich]")
    writer.page.locator("#block-1 .me-block-condition summary").click()
    choices = writer.page.locator("#block-1 .me-block-condition select")
    choices.first.select_option("in")
    assert choices.locator("visible=true").last.text_content() == "Vrienden"
    assert writer.saved()[0]["condition"] == {"segment": segment.pk, "test": "in"}
    assert_accessible(writer.page)


def test_what_is_wrong_stands_at_its_block(page_as: PageAs, shop: Tenant, mailing: Mailing) -> None:
    with account(shop.id):
        Mailing.objects.update(source=mail(block("heading"), block("button", link="")))
    writer = Writer(page_as, shop, mailing)
    fault = writer.page.locator("#block-2 .me-block-fault")
    fault.wait_for()
    assert "gaat nergens heen" in (fault.text_content() or "")
    writer.page.locator("#checks").get_by_role("link", name="Link invullen").click()
    writer.page.wait_for_function("document.activeElement.closest('#block-2') !== null")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (375, True)])
def test_writing_in_blocks_is_accessible(
    page_as: PageAs, shop: Tenant, mailing: Mailing, width: int, dark: bool
) -> None:
    kinds = ("heading", "text", "button", "list", "columns", "quote", "divider", "table", "social", "product")
    plain = [block(kind) for kind in kinds]
    for one in plain:
        one.pop("src", None)
    with account(shop.id):
        Mailing.objects.update(source=mail(*plain[:4], *plain[5:]))
    writer = Writer(page_as, shop, mailing, width=width, dark=dark)
    writer.page.click("#block-2 [data-rich]")
    assert_accessible(writer.page)


def test_a_photo_that_nobody_described_is_asked_about_before_it_is_used(
    page_as: PageAs, shop: Tenant, mailing: Mailing
) -> None:
    with account(shop.id):
        photo = actions_images.keep_image(picture(), name="krat.png", alt="")
    writer = Writer(page_as, shop, mailing)
    page = writer.page
    page.focus("[data-blocks-add]")
    writer.press("Enter")
    writer.adds("Foto")
    page.locator(".me-block[data-kind=image] [data-choose]").first.click()
    page.locator("[data-image]").click()
    page.get_by_role("button", name="Bewaren en gebruiken").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Bewaren en gebruiken").click()
    page.get_by_text("Zeg wat er te zien is, of dat het alleen versiering is.").wait_for()
    page.focus("#answer-alt")
    writer.type("Een krat vol brood")
    writer.press("Enter")
    page.locator("dialog[data-blocks-photos]").wait_for(state="hidden")
    assert [one.get("alt") for one in writer.saved() if one["kind"] == "image"][-1] == "Een krat vol brood"
    with account(shop.id):
        photo.refresh_from_db()
    assert photo.alt == "Een krat vol brood"


def test_a_photo_says_what_it_is_and_is_cut_while_one_writes(
    page_as: PageAs, shop: Tenant, mailing: Mailing
) -> None:
    with account(shop.id):
        photo = actions_images.keep_image(picture(size=(1200, 600)), name="kerstdoos.png", alt="Een krat")
        source = mail(block("image", src=actions_images.address_of(photo), alt="Een volle krat"))
        Mailing.objects.update(source=source)
    writer = Writer(page_as, shop, mailing)
    page = writer.page
    words = page.locator("#block-1 .me-block-photo").inner_text()
    assert "kerstdoos.png" in words
    assert "1.200 × 600" in words
    page.click("#block-1 [data-cut-photo]")
    page.wait_for_selector("[data-focus] img")
    page.faults.clear()  # the preview asks for the photo at the address that readers have
    assert_accessible(page)
    box = page.locator("[data-focus] img").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    assert page.input_value("#cut_across") == "90"
    page.select_option("#cut_ratio", "1:1")
    page.get_by_role("button", name="Bijsnijden en gebruiken").click()
    page.locator("dialog[data-blocks-photos]").wait_for(state="hidden")
    assert "600 × 600" in page.locator("#block-1 .me-block-photo").inner_text()
    [block_now] = writer.saved()
    with account(shop.id):
        made = Image.objects.exclude(id=photo.pk).get()
    assert made.token in block_now["src"]
    assert block_now["alt"] == "Een volle krat"
    assert (made.width, made.height, made.original_id) == (600, 600, photo.pk)


def test_sending_says_when_and_the_lines_of_the_inbox_stay_one(
    page_as: PageAs, shop: Tenant, mailing: Mailing
) -> None:
    with account(shop.id):
        Mailing.objects.update(source=mail(block("heading", level="1")))
    writer = Writer(page_as, shop, mailing, width=375)
    page = writer.page
    said, button = page.locator("[data-when-said]"), page.locator("#sending button[type=submit]")
    assert said.inner_text() == "zodra je verzendt"
    assert button.inner_text() == "Verzenden naar 3 mensen"
    page.check("[name=when][value=later]")
    page.fill("[name=day]", "2026-11-26")
    page.fill("[name=time]", "09:30")
    assert said.inner_text() == "donderdag 26 november, 9.30 uur"
    assert button.inner_text() == "Inplannen voor 3 mensen"
    page.fill("[name=subject]", "Nog 412 kerstpakketten te vullen, help je mee?")
    page.focus("[name=subject]")
    writer.press("End", "Enter")
    writer.type(" Graag")
    writer.saved()
    assert said.inner_text() == "donderdag 26 november, 9.30 uur"
    assert hidden_of(page, "[name=subject]") == 0
    heights = [page.locator(f"[name={name}]").bounding_box()["height"] for name in ("subject", "preheader")]
    assert heights[1] < 50 < heights[0] < 80
    with account(shop.id):
        mailing.refresh_from_db()
    assert mailing.subject.endswith("mee? Graag")


def hidden_of(page: Any, selector: str) -> int:
    """Pixels of a field's words that can't be seen."""
    return int(
        page.eval_on_selector(
            selector, "e => e.scrollHeight - e.clientHeight + e.scrollWidth - e.clientWidth"
        )
    )
