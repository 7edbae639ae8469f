"""Someone who has nothing but keys, for browser tests: no mouse, and no focus that no key led to."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FileChooser, Page

MOST_TABS = 400
IS_THERE = "name => document.activeElement?.matches(name) ?? false"


class Keys:
    def __init__(self, page: "Page") -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def goes_to(self, selector: str) -> None:
        """Tab by Tab, to the first that the selector names, once the page has it."""
        self.page.wait_for_selector(selector, state="attached")
        self.page.wait_for_load_state()  # a new page takes the focus to what it has to say
        for _step in range(MOST_TABS):
            if self.page.evaluate(IS_THERE, selector):
                return
            self.press("Tab")
        raise AssertionError(f"no key leads to {selector}")

    def fills(self, selector: str, text: str) -> None:
        self.goes_to(selector)
        self.press("Control+a")
        self.types(text)

    def enters(self, selector: str) -> None:
        """A link followed, a button pressed."""
        self.goes_to(selector)
        self.press("Enter")

    def ticks(self, selector: str) -> None:
        self.goes_to(selector)
        self.press("Space")

    def picks(self, selector: str, words: str) -> None:
        """A choice of a list, by its first letters."""
        self.goes_to(selector)
        self.types(words)

    def chooses_file(self, selector: str) -> "FileChooser":
        self.goes_to(selector)
        with self.page.expect_file_chooser() as asked:
            self.press("Enter")
        return asked.value
