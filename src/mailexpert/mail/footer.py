"""The footer that can't be left out: who sends this, and the way to stop it, in both parts of every mail."""

import re
from collections.abc import Iterator
from html import escape

from mailexpert.mail.personalise import UNSUBSCRIBE, RenderProblem, reserved_names
from mailexpert.mail.visible import is_seen, stands_always

SLOT = f"{{{{ {UNSUBSCRIBE} }}}}"
WORDS = {"nl": "Uitschrijven", "en": "Unsubscribe"}
BODY = re.compile(r"""<body\b(?:"[^"]*+"|'[^']*+'|[^"'>])*+>""", re.IGNORECASE)
BODY_END = re.compile("</body", re.IGNORECASE)
STYLE = (
    "display:block!important;font-family:Arial,sans-serif;font-size:14px;line-height:20px;color:#555e73;"
    "background-color:#ffffff;padding:24px 16px;text-align:center"
)
LINK_STYLE = "display:inline!important;color:#0f5c5c;text-decoration:underline"


def with_footer(html: str, text: str, language: str, sender_line: str) -> tuple[str, str]:
    """Both parts with sender and unsubscribe link. A link of the template's own counts only where every reader sees
    it: not in a comment, in a hidden element or under a condition. Raises RenderProblem for what Liquid can't read,
    and where whatever is put into the page stays hidden."""
    for source in (html, text):
        for name in reserved_names(source):
            raise RenderProblem(f"{name!r} can't be given a value", 1)
    word = WORDS.get(language, WORDS["nl"])
    return _html(html, word, sender_line), _text(text, word, sender_line)


def _html(html: str, word: str, sender_line: str) -> str:
    if is_seen(html):
        if not sender_line or escape(sender_line) in html:
            return html
        return before_body_end(html, f'<div style="{STYLE}">{_lines(sender_line)}</div>')
    footer = (
        f'<div role="contentinfo" style="{STYLE}">{_lines(sender_line)}'
        f'<a href="{SLOT}" style="{LINK_STYLE}">{word}</a></div>'
    )
    for made in _places(html, footer):
        if is_seen(made):
            return made
    raise RenderProblem("the page hides whatever is put into it, the unsubscribe link too", 1)


def _places(html: str, footer: str) -> Iterator[str]:
    """Below everything; where something unclosed would swallow it there, at the end or above everything."""
    yield before_body_end(html, footer)
    yield html + footer
    body = BODY.search(html)
    if body:
        yield html[: body.end()] + footer + html[body.end() :]
    yield footer + html


def _text(text: str, word: str, sender_line: str) -> str:
    if not stands_always(text):
        return f"{text.rstrip()}\n\n--\n{_plain(sender_line)}{word}: {SLOT}\n"
    if sender_line and sender_line not in text:
        return f"{text.rstrip()}\n\n{_plain(sender_line)}"
    return text


def _lines(sender_line: str) -> str:
    return _unliquid(escape(sender_line)) + "<br>" if sender_line else ""


def _plain(sender_line: str) -> str:
    return _unliquid(sender_line) + "\n" if sender_line else ""


def _unliquid(text: str) -> str:
    """An account's name is no template."""
    return text.replace("{{", "{ {").replace("{%", "{ %")


def before_body_end(html: str, what: str) -> str:
    """Before the last </body>; at the end of what has none."""
    at = max((found.start() for found in BODY_END.finditer(html)), default=len(html))
    return html[:at] + what + html[at:]
