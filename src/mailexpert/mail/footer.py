"""The footer that can't be left out: who sends this, and the way to stop it, in both parts of every mail."""

import re
from html import escape

from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.mail.personalise import HTML

SLOT = "{{ unsubscribe_url }}"
WORDS = {"nl": "Uitschrijven", "en": "Unsubscribe"}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)|font-size\s*:\s*0|"
    r"mso-hide\s*:\s*all|(?:max-)?height\s*:\s*0(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
STYLE = "font-family:Arial,sans-serif;font-size:14px;line-height:20px;color:#555e73;padding:24px 16px;text-align:center"


def with_footer(html: str, text: str, language: str, sender_line: str) -> tuple[str, str]:
    """Both parts with sender and unsubscribe link. A link of the template's own counts only where every reader sees
    it: not in a comment, in a hidden element or under a condition."""
    word = WORDS.get(language, WORDS["nl"])
    if not (_always_there(html) and _seen(html)):
        html = before_body_end(html, _html_footer(word, sender_line))
    elif sender_line and escape(sender_line) not in html:
        html = before_body_end(html, _html_line(sender_line))
    if not _always_there(text):
        text = f"{text.rstrip()}\n\n--\n{_plain(sender_line)}{word}: {SLOT}\n"
    elif sender_line and sender_line not in text:
        text = f"{text.rstrip()}\n\n{_plain(sender_line)}"
    return html, text


def _always_there(source: str) -> bool:
    """The link's output stands outside every condition and loop."""
    try:
        nodes = HTML.from_string(source).nodes
    except LiquidError:
        return False
    return any(isinstance(node, OutputNode) and str(node.expression) == "unsubscribe_url" for node in nodes)


def _seen(html: str) -> bool:
    tree = LexborHTMLParser(COMMENT.sub("", html))
    for anchor in tree.css("a[href]"):
        if "unsubscribe_url" in (anchor.attributes.get("href") or "") and _is_visible(anchor):
            return bool(anchor.text(deep=True).strip()) or anchor.css_first("img[alt]") is not None
    return False


def _is_visible(node: LexborNode | None) -> bool:
    while node is not None and node.tag != "-undef":
        attributes = node.attributes
        if "hidden" in attributes or HIDING.search(attributes.get("style") or ""):
            return False
        node = node.parent
    return True


def _html_footer(word: str, sender_line: str) -> str:
    return (
        f'<div role="contentinfo" style="{STYLE}">{_lines(sender_line)}'
        f'<a href="{SLOT}" style="color:#0f5c5c;text-decoration:underline">{word}</a></div>'
    )


def _html_line(sender_line: str) -> str:
    return f'<div style="{STYLE}">{_lines(sender_line)}</div>'


def _lines(sender_line: str) -> str:
    return _unliquid(escape(sender_line)) + "<br>" if sender_line else ""


def _plain(sender_line: str) -> str:
    return _unliquid(sender_line) + "\n" if sender_line else ""


def _unliquid(text: str) -> str:
    """An account's name is no template."""
    return text.replace("{{", "{ {").replace("{%", "{ %")


def before_body_end(html: str, what: str) -> str:
    """Before the last </body>; at the end of what has none."""
    at = html.lower().rfind("</body>")
    return html[:at] + what + html[at:] if at >= 0 else html + what
