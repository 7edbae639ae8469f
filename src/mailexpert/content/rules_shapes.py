"""What looks like something else than it is: lists of typed dashes, links without a line, heads without a direction,
links too small for a finger (E-02, E-04, E-06, E-07)."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content.findings import Finding, Written, warn
from mailexpert.content.problems import gettext_noop

BULLET = re.compile(r"^\s*[•·▪●◦‣*–—-]\s+\S")
NUMBER = re.compile(r"^\s*(\d{1,2})[.)]\s+\S")
NO_LINE = re.compile(r"(?<![\w-])text-decoration(?:-line)?\s*:\s*none", re.IGNORECASE)
OTHER_LINE = re.compile(r"(?<![\w-])border(?:-bottom)?\s*:\s*(?!0|none)", re.IGNORECASE)
WORD = re.compile(r"\w{2,}")
SMALLEST_TARGET = 24  # pixels (WCAG 2.2, 2.5.8)

LIST = gettext_noop(
    "“%(words)s” looks like a list and is none. A screen reader then doesn’t say how many entries there are."
)
UNDERLINE = gettext_noop("The link “%(label)s” has no line below it. Who sees no colours doesn’t find it.")
SCOPE = gettext_noop(
    "The heads of a table don’t say which way they point. A screen reader may read them with the wrong cells."
)
TARGET = gettext_noop(
    "The link “%(label)s” is %(size)s pixels high or wide. Under 24 a finger often misses it."
)


def examine(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    yield from _lists(tree, written)
    yield from _lines(tree, written)
    yield from _heads(tree)
    yield from _targets(tree, written)


def _lists(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    """Two such lines in a row; of numbers one and two."""
    before, last = "", 0
    for words in _texts(tree):
        number = NUMBER.match(words)
        bullet = bool(BULLET.match(words))
        if (bullet and before) or (number and last and int(number[1]) == last + 1):
            first = before or words
            yield warn("list_typed", LIST, written.place(first.strip()), words=first.strip()[:60])
            return
        before, last = (words if bullet else ""), (int(number[1]) if number else 0)


def _texts(tree: LexborHTMLParser) -> Iterator[str]:
    """Every piece of text in reading order, but what stands in lists and tables of facts."""
    article = tree.css_first("[role=article]") or tree.body
    for node in article.traverse(include_text=True) if article else ():
        if (
            node.is_text_node
            and (node.text_content or "").strip()
            and not _within(node, ("li", "th", "style"))
        ):
            yield node.text_content or ""


def _within(node: LexborNode, names: tuple[str, ...]) -> bool:
    around = node.parent
    while around is not None:
        if around.tag in names:
            return True
        around = around.parent
    return False


def _lines(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    for anchor in tree.css("a[href]"):
        style = anchor.attributes.get("style") or ""
        label = " ".join(anchor.text(deep=True).split())
        if NO_LINE.search(style) and not OTHER_LINE.search(style) and label and _stands_in_words(anchor):
            place = written.place(anchor.attributes.get("href") or "", label)
            yield warn("link_line", UNDERLINE, place, label=label[:60])
            return


def _stands_in_words(anchor: LexborNode) -> bool:
    """Beside it, in the same paragraph, stand words that are no link."""
    around = anchor.parent
    while around is not None and around.tag in ("span", "b", "strong", "em", "i", "font", "u"):
        around = around.parent
    child = around.first_child if around is not None else None
    while child is not None:
        if child.is_text_node and WORD.search(child.text_content or ""):
            return True
        child = child.next
    return False


def _heads(tree: LexborHTMLParser) -> Iterator[Finding]:
    if any("scope" not in head.attributes and "id" not in head.attributes for head in tree.css("th")):
        yield warn("table_scope", SCOPE)


def _targets(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    """A link that is a small picture and nothing else; what stands in a line of text may be as high as that."""
    for anchor in tree.css("a[href]"):
        pictures = anchor.css("img")
        if len(pictures) != 1 or anchor.text(deep=True).strip():
            continue
        sizes = [pictures[0].attributes.get(name) or "" for name in ("width", "height")]
        given = [int(size) for size in sizes if size.isdecimal()]
        if given and min(given) < SMALLEST_TARGET:
            label = pictures[0].attributes.get("alt") or anchor.attributes.get("href") or "?"
            place = written.place(anchor.attributes.get("href") or "", label)
            yield warn("link_small", TARGET, place, label=label[:60], size=min(given))
            return
