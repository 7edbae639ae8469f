"""Pages in Chromium, for tests of every room: `page_as(shop)`, `assert_accessible(page)`.

@pytest.mark.browser
def test_a_reader_can_…(page_as, shop):
    page = page_as(shop, width=375)
    page.goto("/contacts/")
    assert_accessible(page)
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).resolve().parents[4] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}
# As a reader's browser says it; what names itself Headless isn't counted as a visit.
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

PATIENCE = 60_000  # milliseconds; the first page of a busy machine takes its time

PageAs = Callable[..., "Page"]


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # Playwright's sync API keeps a loop on this thread, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", f"--user-agent={AGENT}"],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page_as(chromium: "Browser", live_server: Any) -> Iterator[PageAs]:
    """A page for a tenant, or for a visitor (None). `page.faults` gathers console errors."""
    contexts = []

    def make(tenant: Any = None, *, width: int = 1440, dark: bool = False, language: str = "") -> "Page":
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_cookies(_cookies(tenant, language, live_server.url))
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.faults = faults  # type: ignore[attr-defined]
        return page

    yield make
    for context in contexts:
        context.close()


def _cookies(tenant: Any, language: str, url: str) -> list[Any]:
    from mailexpert.accounts.models import User
    from mailexpert.conftest import log_in

    cookies = []
    if tenant is not None:
        if language:  # a user's own choice goes before the browser's
            User.objects.filter(pk=tenant.owner.pk).update(language=language)
        session = log_in(tenant).cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url})
    if language:
        cookies.append({"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url})
    return cookies


def assert_accessible(page: "Page") -> None:
    """axe finds nothing serious, nothing was refused by the content policy, and nothing runs off the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    grave = [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes'][:3]]}"
        for fault in found
        if fault["impact"] in GRAVE
    ]
    assert grave == [], grave
    assert page.faults == [], page.faults  # type: ignore[attr-defined]
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"the page is {width[0]} wide on a screen of {width[1]}"
