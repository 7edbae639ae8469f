"""A mail made without a mouse, from logging in to the mail in the catcher: every key a key of the keyboard."""

import email
import re
from collections.abc import Iterator
from email import policy
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailexpert.tests.stack import Stack
from mailexpert.web.tests.browser import assert_accessible
from mailexpert.web.tests.keyboard import Keys

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000
ACCESS = (
    "heading_",
    "image_",
    "picture_only",
    "table_",
    "list_typed",
    "link_text",
    "link_line",
    "link_small",
    "contrast",
    "dark_missing",
    "text_small",
    "language",
    "text_links",
)


class Keyboard(Keys):
    def __init__(self, page: Any, stack: Stack) -> None:
        super().__init__(page)
        self._stack = stack
        self.page.faults = []  # type: ignore[attr-defined]
        self.page.on("pageerror", lambda error: self.page.faults.append(str(error)))  # type: ignore[attr-defined]

    def adds(self, kind: str) -> None:
        self.page.wait_for_selector("[data-blocks-menu]:popover-open button")
        names = self.page.locator("[data-blocks-menu] li span").all_text_contents()
        self.press(*["ArrowDown"] * names.index(kind), "Enter")

    def logs_in(self) -> None:
        login, word = (self._stack.home / "sample.login").read_text().split()
        self.page.goto(f"{self._stack.base_url}/inloggen/")
        self.fills("[name=login]", login)
        self.fills("[name=password]", word)
        self.press("Enter")
        self.page.get_by_role("link", name="Sjablonen & afbeeldingen").wait_for()

    def begins_a_mailing(self) -> None:
        self.page.goto(f"{self._stack.base_url}/mailings/nieuw/")
        self.goes_to("form:has([value=plain]) button")
        self.press("Enter")
        self.page.locator("[data-reader-frames] iframe:not(.is-coming)").wait_for()

    def empties_the_blocks(self) -> None:
        while self.page.locator("[data-blocks-list] > [data-kind]").count():
            self.goes_to("#block-1 *")
            self.press("Alt+Delete")

    def writes(self) -> None:
        self.goes_to("[data-blocks-add]")
        self.press("Enter")
        self.adds("Kop")
        self.types("Nog 412 pakketten te vullen")
        self.press("Tab", "ArrowUp")
        self.goes_to("#block-1 [data-tool=below]")
        self.press("Enter")
        self.adds("Tekst")
        self.types("Dag allemaal, er staan er 228 klaar.")
        self.press("Control+Enter")
        self.adds("Knop")
        self.types("Vul een pakket")
        self.press("Tab")
        self.types("https://lindewoud.example/kerst")

    def keeps(self) -> None:
        self.page.wait_for_timeout(1_000)
        self.page.locator("#kept:visible", has_text="Alles is bewaard").wait_for()

    def sends_a_test_mail(self) -> None:
        self.goes_to("#test button")
        self.press("Enter")
        self.page.locator("#test-said", has_text="De proefmail is onderweg").wait_for()

    def caught(self) -> Any:
        """The newest mail in the catcher, as it went over the wire."""
        self.page.goto(f"{self._stack.base_url}/mailvanger/")
        path = self.page.locator("td a, th a").filter(has_text="[Proef]").first.get_attribute("href")
        source = self.page.request.get(f"{self._stack.base_url}{path}mail.eml").body()
        return email.message_from_bytes(source, policy=policy.default)


@pytest.fixture
def keyboard(chromium: Any, stack: Stack) -> Iterator[Keyboard]:
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="nl-NL"
    )
    context.set_default_timeout(PATIENCE)
    yield Keyboard(context.new_page(), stack)
    context.close()


def test_a_mail_made_by_keys_alone_arrives_whole_and_accessible(keyboard: Keyboard, stack: Stack) -> None:
    keyboard.logs_in()
    keyboard.begins_a_mailing()
    keyboard.fills("[name=subject]", "Help je mee pakketten vullen?")
    keyboard.fills("[name=preheader]", "Er zijn er nog 412 te gaan.")
    keyboard.empties_the_blocks()
    keyboard.writes()
    keyboard.keeps()
    assert_accessible(keyboard.page)
    number = re.search(r"/mailings/(\d+)/", keyboard.page.url)
    assert number is not None
    checks = stack.api().post(f"/mailings/{number[1]}/checks")
    assert [one for one in checks if one["code"].startswith(ACCESS) and one["level"] != "ok"] == []
    keyboard.sends_a_test_mail()

    mail = keyboard.caught()
    html, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert "Nog 412 pakketten te vullen" in html
    assert "er staan er 228 klaar" in text
    links = {str(a.attributes["href"]) for a in LexborHTMLParser(html).css("a")}
    assert "https://lindewoud.example/kerst" in links
    assert {link for link in links if link not in text} == set()
    assert set(re.findall(r"https?://[^\s<>]+", text)) == links
