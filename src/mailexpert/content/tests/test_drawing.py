"""Drag and drop in MJML in a real browser: what is drawn comes back as it was, in a frame that reaches nothing."""

import re
from pathlib import Path
from typing import Any

import pytest

from mailexpert.conftest import Tenant
from mailexpert.content import actions
from mailexpert.content.models import Template
from mailexpert.content.rules import compile_source
from mailexpert.content.tests.golden_files import GOLDEN, STARTERS
from mailexpert.content.values import Draft
from mailexpert.core.scope import account
from mailexpert.web.tests.browser import PageAs, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("newsletter.nl", "newsletter.en", "invitation.nl", "invitation.en")
COLUMN = "<mj-column>{}</mj-column>"
CITY = '{% if contact.city == "Ede" %}'
TEXT = COLUMN.format("<mj-text>Ede</mj-text>")
BUTTON = """<mj-button href="https://voorbeeld.nl/{{ contact.city | default: "x" }}">Kijk</mj-button>"""
FIELDS = (
    f"<mjml><mj-body>{CITY}<mj-section>{TEXT}</mj-section>{{% endif %}}\n"
    f"<mj-section>{COLUMN.format(BUTTON)}</mj-section></mj-body></mjml>"
)
ROWS = "<mj-table><tr><td>a</td></tr></mj-table>"  # a browser takes rows away where there is no table around them
LOSES = f"<mjml><mj-body><mj-section>{COLUMN.format(ROWS)}</mj-section></mj-body></mjml>"


def source_of(name: str) -> str:
    return (STARTERS / f"{name}.mjml").read_text(encoding="utf-8")


@pytest.fixture
def template(shop: Tenant) -> Template:
    with account(shop.id):
        return actions.make_template(
            name="Nieuws", draft=Draft(kind="mjml", source=source_of("newsletter.nl"))
        )


class Drawer:
    """Someone with a mouse and a wide screen."""

    def __init__(self, page_as: PageAs, shop: Tenant, template: Template) -> None:
        self.page = page_as(shop)
        self.page.set_default_timeout(30_000)
        self.page.goto(f"/sjablonen/{template.pk}/")
        self.page.wait_for_selector(".cm-editor")

    def opens(self) -> Any:
        """The innermost frame, once the mail stands in it."""
        self.page.click("[data-drawing-open]")
        self.page.wait_for_selector("[data-drawing-take]:enabled")
        return next(frame for frame in self.page.frames if frame.url.startswith("data:"))

    def takes_over(self) -> str:
        self.page.click("[data-drawing-take]")
        self.page.wait_for_selector("[data-drawing]", state="hidden")
        return str(self.page.evaluate("document.getElementById('id_source').value"))


def looks_like(source: str) -> str:
    """The mail that comes of it, but for blanks between elements and in styles."""
    html = compile_source("mjml", source, title="Onderwerp").html
    return re.sub(r"\s*([:;><])\s*", r"\1", html).replace(';"', '"')


def test_a_mail_drawn_by_nobody_comes_back_as_it_was(
    page_as: PageAs, shop: Tenant, template: Template
) -> None:
    drawer = Drawer(page_as, shop, template)
    frame = drawer.opens()
    for name, source in [*((name, source_of(name)) for name in NAMES), ("fields", FIELDS)]:
        asked = {"source": source, "language": "nl", "words": {}}
        assert frame.evaluate("given => open(given).refused", asked) == []
        came_back = frame.evaluate("written()")
        golden = Path(GOLDEN / "drawn" / f"{name}.mjml")
        assert came_back == golden.read_text(encoding="utf-8"), name
        assert looks_like(came_back) == looks_like(source), name
    assert (
        frame.evaluate("given => open(given).refused", {"source": LOSES, "language": "nl", "words": {}}) != []
    )


def test_a_mail_is_drawn_by_keyboard_alone(page_as: PageAs, shop: Tenant, template: Template) -> None:
    drawer = Drawer(page_as, shop, template)
    keyboard = drawer.page.keyboard
    frame = drawer.opens()
    source = {"source": FIELDS, "language": "nl", "words": {}}
    assert (
        frame.evaluate(
            "given => new Promise(done => { open(given); editor.on('load', () => done([])) })", source
        )
        == []
    )
    chosen = "editor.getSelected().get('type')"
    drawer.page.wait_for_timeout(300)
    assert frame.evaluate("document.hasFocus()")
    assert frame.evaluate(chosen) == "mj-section"
    for key in ("d", "d"):  # into the column, into the text
        keyboard.press(key)
    assert frame.evaluate(chosen) == "mj-text"
    part = frame.locator(".gjs-block", has_text=re.compile(r"^\s*(Button|Knop)\s*$"))
    part.focus()
    keyboard.press("Enter")
    assert frame.evaluate(chosen) == "mj-button"
    keyboard.press("Alt+ArrowUp")
    assert re.search(r"<mj-button.*</mj-button>\s*<mj-text", frame.evaluate("written()"), re.DOTALL)
    keyboard.press("Delete")
    assert frame.evaluate("written()").count("<mj-button") == 1


def test_what_is_drawn_is_taken_over_and_nothing_else_is(
    page_as: PageAs, shop: Tenant, template: Template
) -> None:
    drawer = Drawer(page_as, shop, template)
    frame = drawer.opens()
    frame.evaluate("editor.getWrapper().findType('mj-button')[0].components('Lees verder').length")
    assert ">Lees verder</mj-button>" in drawer.takes_over()
    assert_accessible(drawer.page)
    frame = drawer.opens()
    # It has no origin, asks nobody, and reaches no page around it.
    assert frame.evaluate("self.origin") == "null"
    for reach in ("parent.document", "top.document.cookie", "localStorage"):
        assert (
            frame.evaluate(f"(() => {{ try {{ {reach}; return 'reached' }} catch {{ return 'no' }} }})()")
            == "no"
        )
    asked = "fetch('/api/v1/contacts').then(() => 'reached', () => 'no')"
    assert frame.evaluate(asked) == "no"
