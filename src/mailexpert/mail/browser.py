"""A mail as a page: the link to it in both parts, and what that page shows of a mail that went to many."""

import re
from collections.abc import Sequence
from html import escape

from mailexpert.mail import links, personalise
from mailexpert.mail.footer import LINK_STYLE, STYLE, before_body_end

SLOT = re.compile(r"\{\{-?\s*" + personalise.BROWSER + r"\s*-?\}\}")
WORDS = {"nl": "Bekijk in je browser", "en": "View in your browser"}
ADDRESS = {"nl": "je adres", "en": "your address"}
# What leads to one reader's own pages leads nowhere here, so it goes.
NOBODYS = "https://nobody.invalid/"
NOBODYS_LINK = re.compile(
    rf"""<a\b[^>]*href=["']{NOBODYS}["'][^>]*>.*?</a\s*>(\s*·\s*)?""", re.IGNORECASE | re.DOTALL
)


def with_browser_link(html: str, text: str, language: str, url: str) -> tuple[str, str]:
    """Both parts with the address of the page: where the template asks for it, else below everything."""
    word = WORDS.get(language, WORDS["nl"])
    if SLOT.search(html):
        html = SLOT.sub(lambda _found: escape(url), html)
    else:
        link = f'<div style="{STYLE}"><a href="{escape(url)}" style="{LINK_STYLE}">{word}</a></div>'
        html = before_body_end(html, link)
    if SLOT.search(text):
        return html, SLOT.sub(lambda _found: url, text)
    return html, f"{text.rstrip()}\n\n{word}: {url}\n"


def page(html: str, targets: Sequence[str], language: str) -> str:
    """The HTML of a frozen issue as anyone may see it: no name, no address, nobody's own links, nothing counted. Raises
    personalise.RenderProblem."""

    def target(found: re.Match[str]) -> str:
        number = int(found[1])
        return escape(targets[number]) if number < len(targets) else "#"

    nobody = {"email": ADDRESS.get(language, ADDRESS["nl"])}
    own = dict.fromkeys(personalise.ADDRESSES, NOBODYS)
    shown = personalise.render_html(links.PLACEHOLDER.sub(target, html), nobody, **own)
    return NOBODYS_LINK.sub("", shown)
