"""The footer that can't be left out: who sends this, and the way to stop it, in both parts of every mail."""

import re
from collections.abc import Iterator
from html import escape

from mailexpert.mail.personalise import PREFERENCES, UNSUBSCRIBE, RenderProblem, reserved_names
from mailexpert.mail.visible import is_seen, stands_always

SLOT, CHOICES = (f"{{{{ {name} }}}}" for name in (UNSUBSCRIBE, PREFERENCES))
WORDS = {"nl": ("Uitschrijven", "Voorkeuren"), "en": ("Unsubscribe", "Preferences")}
BODY = re.compile(r"""<body\b(?:"[^"]*+"|'[^']*+'|[^"'>])*+>""", re.IGNORECASE)
BODY_END = re.compile("</body", re.IGNORECASE)
STYLE = (
    "display:block!important;font-family:Arial,sans-serif;font-size:14px;line-height:20px;color:#555e73;"
    "background-color:#ffffff;padding:24px 16px;text-align:center"
)
LINK_STYLE = "display:inline!important;color:#0f5c5c;text-decoration:underline"


def with_footer(html: str, text: str, language: str, sender_line: str) -> tuple[str, str]:
    """Both parts with sender, unsubscribe link and the way to one's preferences. A link of the template's own counts
    only where every reader sees it: not in a comment, in a hidden element or under a condition. Raises RenderProblem
    for what Liquid can't read, and where whatever is put into the page stays hidden."""
    for source in (html, text):
        for name in reserved_names(source):
            raise RenderProblem(f"{name!r} can't be given a value", 1)
    words = WORDS.get(language, WORDS["nl"])
    return _html(html, words, sender_line), _text(text, words, sender_line)


def _html(html: str, words: tuple[str, str], sender_line: str) -> str:
    stop, choices = (
        f'<a href="{slot}" style="{LINK_STYLE}">{word}</a>'
        for slot, word in zip((SLOT, CHOICES), words, strict=True)
    )
    if is_seen(html):
        lacking = [] if not sender_line or escape(sender_line) in html else [_lines(sender_line)]
        if not stands_always(html, PREFERENCES):
            lacking.append(choices)
        return before_body_end(html, f'<div style="{STYLE}">{"".join(lacking)}</div>') if lacking else html
    footer = f'<div role="contentinfo" style="{STYLE}">{_lines(sender_line)}{stop} · {choices}</div>'
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


def _text(text: str, words: tuple[str, str], sender_line: str) -> str:
    choices = "" if stands_always(text, PREFERENCES) else f"{words[1]}: {CHOICES}\n"
    if not stands_always(text):
        return f"{text.rstrip()}\n\n--\n{_plain(sender_line)}{words[0]}: {SLOT}\n{choices}"
    line = _plain(sender_line) if sender_line and sender_line not in text else ""
    return f"{text.rstrip()}\n\n{line}{choices}" if line or choices else text


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
