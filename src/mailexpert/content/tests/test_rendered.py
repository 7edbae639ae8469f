"""Every shipped mail drawn by Chromium, as the preview shows it: phone and desktop, light and dark, and with what
lesser programs leave of it. Nothing runs off the screen, and what is written can be read."""

from typing import Any

import pytest

from mailexpert.content.actions import render_preview
from mailexpert.content.queries import GALLERY, IN_BLOCKS, starter_of
from mailexpert.content.rules_preview import shown
from mailexpert.content.rules_strip import as_word_shows, without_head_styles, without_pictures
from mailexpert.content.values import Draft
from mailexpert.web.tests.browser import AXE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ENLARGED, PHONE, DESKTOP = 320, 375, 1024  # 320: a desktop's window at 400 per cent (WCAG 2.2, 1.4.10)
READABLE = ["color-contrast", "image-alt", "link-name", "empty-heading", "link-in-text-block", "target-size"]
BUTTONS = (
    "[...document.querySelectorAll('a')].filter(a => a.style.display === 'inline-block')"
    ".map(a => Math.round(a.getBoundingClientRect().height))"
)
WAYS = {"light": lambda html: shown(html, dark=False), "dark": lambda html: shown(html, dark=True)}
LESSER = {"bare": without_head_styles, "word": as_word_shows, "blind": without_pictures}


@pytest.fixture(scope="module")
def screen(chromium: Any) -> Any:
    context = chromium.new_context(viewport={"width": DESKTOP, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", [*IN_BLOCKS, *GALLERY])
def test_a_shipped_mail_fits_and_reads_on_every_screen(
    screen: Any, in_shop: Any, slug: str, language: str
) -> None:
    one = starter_of(slug, language)
    assert one is not None
    draft = Draft(
        kind=one.kind, source=one.source, subject=one.subject, preheader=one.preheader, language=language
    )
    html = render_preview(draft, sender_line=in_shop.account.sender_line).html
    for way, show in (WAYS | LESSER).items():
        for width in (ENLARGED, PHONE, DESKTOP):
            screen.set_viewport_size({"width": width, "height": 900})
            screen.set_content(show(html), wait_until="domcontentloaded")
            room = screen.evaluate("document.documentElement.scrollWidth")
            # Without the styles of its head a mail is as wide as Word draws it: 600 pixels and some.
            assert room <= (width if way in WAYS else max(width, 640)), f"{room} wide, {way}, on {width}"
    assert all(height >= 44 for height in screen.evaluate(BUTTONS))
    for way, show in WAYS.items():
        screen.set_content(show(html), wait_until="domcontentloaded")
        screen.evaluate(AXE.read_text(encoding="utf-8"))
        found = screen.evaluate("rules => axe.run(document, {runOnly: rules})", READABLE)["violations"]
        faults = [(fault["id"], [node["html"][:120] for node in fault["nodes"][:3]]) for fault in found]
        assert faults == [], way
