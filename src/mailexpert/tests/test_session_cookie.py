"""The main job in a browser that keeps no cookie but those of the session, which end when it is closed."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from mailexpert.accounts import actions_devices as devices
from mailexpert.tests.stack import Stack
from mailexpert.tests.stranger import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}  # the second guards the session's forms
COUNT = 2


class Refuser:
    """Someone whose browser throws every other cookie away, after each page."""

    def __init__(self, page: Any, stack: Stack) -> None:
        self.page, self._stack = page, stack
        self.refused: set[str] = set()

    def opens(self, path: str) -> None:
        self._refuses()
        self.page.goto(self._stack.base_url + path)
        self._refuses()

    def logs_in(self) -> None:
        login, word = (self._stack.home / "sample.login").read_text().split()
        self.opens("/inloggen/")
        self.page.get_by_label("E-mailadres").fill(login)
        self.page.get_by_role("textbox", name="Wachtwoord").fill(word)
        self.page.get_by_label("Onthoud mij").check()
        self.page.get_by_role("button", name="Inloggen").click()
        self.page.get_by_role("link", name="Sjablonen & afbeeldingen").wait_for()

    def writes(self, subject: str, readers: str) -> None:
        self.opens("/mailings/nieuw/")
        self.page.locator("form:has([value=plain]) button").click()
        self.page.locator(".me-inbox-subject").wait_for()
        self._refuses()
        self.page.get_by_label("Afzender").fill("Voedselbank Lindewoud <hallo@lindewoud.example>")
        self.page.get_by_label("Onderwerp").fill(subject)
        self.page.get_by_role("button", name="kies een lijst").click()
        self.page.get_by_role("checkbox", name=readers).first.check()
        self.page.keyboard.press("Escape")

    def sends(self) -> None:
        self.page.get_by_role("button", name="Verzenden naar").click()
        self.page.locator(".me-head-title").get_by_text("Verzonden").wait_for()
        self._refuses()

    def report(self) -> str:
        self.opens(self.page.url.removeprefix(self._stack.base_url))
        return " ".join(self.page.locator(".me-progress .me-sum").inner_text().lower().split())

    def has_cookies(self) -> dict[str, bool]:
        """By name, whether it ends with the browser."""
        return {one["name"]: one["expires"] == -1 for one in self.page.context.cookies()}

    def _refuses(self) -> None:
        for name in self.has_cookies().keys() - KEPT:
            self.refused.add(name)
            self.page.context.clear_cookies(name=name)


@pytest.fixture
def refuser(chromium: Any, stack: Stack) -> Iterator[Refuser]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="nl-NL")
    context.set_default_timeout(PATIENCE)
    yield Refuser(context.new_page(), stack)
    context.close()


def test_the_main_job_is_done_with_the_cookies_of_the_session_alone(refuser: Refuser, stack: Stack) -> None:
    api, mark = stack.api(), uuid4().hex[:8]
    readers = api.post("/lists", {"name": f"Vaste lezers {mark}", "purpose": "newsletter"})
    for number in range(COUNT):
        who = {"email": f"l{number}.{mark}@lezers.example", "list": readers["id"], "ground": "consent"}
        api.post("/contacts", who)

    refuser.logs_in()
    refuser.writes(f"Zonder koekjes {mark}", readers["name"])
    refuser.sends()
    assert f"verzonden {COUNT}" in refuser.report()
    assert refuser.has_cookies() == dict.fromkeys(KEPT, True)
    assert refuser.refused == {devices.COOKIE}, "of all that is offered only what was asked for lasts"

    refuser.opens("/mailvanger/")
    refuser.page.get_by_role("row").filter(has_text=f"Zonder koekjes {mark}").first.wait_for()
