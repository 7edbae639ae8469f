"""Whether everybody can read a mail: the checks E-01 to E-12 that can be seen in the source."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.content.findings import Finding, Written, fine, warn
from mailexpert.content.problems import gettext_noop
from mailexpert.content.values import Draft

FONT_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*(\d+(?:\.\d+)?)px", re.IGNORECASE)
SMALLEST = 14
FILE_NAME = re.compile(
    r"^[\w-]+\.(?:jpe?g|png|gif|webp)$|^(?:img|dsc|image|foto|afbeelding)[_ -]?\d*$", re.IGNORECASE
)
WORDS = {
    "nl": frozenset(
        ("de", "het", "een", "van", "je", "en", "is", "niet", "voor", "met", "we", "wij", "ons", "dat")
    ),
    "en": frozenset(
        ("the", "a", "of", "you", "and", "is", "not", "for", "with", "we", "our", "that", "to", "are")
    ),
}
ENOUGH_WORDS = 30

NO_HEADING = gettext_noop("The mail has no title. A screen reader finds its way by headings.")
MANY_TITLES = gettext_noop("The mail has %(count)s titles of the first rank; one says what it is about.")
SKIPPED_HEADING = gettext_noop(
    "After a heading of rank %(one)s comes one of rank %(other)s; a rank is skipped."
)
HEADINGS_FINE = gettext_noop("One title, and headings in order.")
LAYOUT_TABLE = gettext_noop(
    '%(count)s layout tables lack role="presentation": a screen reader reads them as tables of facts.'
)
FILE_AS_ALT = gettext_noop("“%(name)s” is a file’s name, no description of what is to be seen.")
SMALL_TEXT = gettext_noop("There is text of %(size)s pixels. Under 14 it is hard to read on a phone.")
OTHER_LANGUAGE = gettext_noop(
    "The text looks like another language than the one you chose; a screen reader would say it wrongly."
)
TABLE_HEADS = gettext_noop(
    "A table of facts has no heads, so a screen reader can’t say what a cell is about."
)


def examine(tree: LexborHTMLParser, draft: Draft, written: Written) -> Iterator[Finding]:
    yield from _headings(tree, draft, written)
    yield from _tables(tree)
    yield from _descriptions(tree, written)
    yield from _sizes(tree)
    yield from _language(tree, draft)


def _headings(tree: LexborHTMLParser, draft: Draft, written: Written) -> Iterator[Finding]:
    if draft.kind == "text":
        return
    ranks = [(int((node.tag or "h0")[1]), _text(node)) for node in tree.css("h1, h2, h3, h4, h5, h6")]
    first = [words for rank, words in ranks if rank == 1]
    if not first:
        yield warn("heading_missing", NO_HEADING)
    elif len(first) > 1:
        yield warn("heading_many", MANY_TITLES, written.place(first[1]), count=len(first))
    before = 0
    for rank, words in ranks:
        if before and rank > before + 1:
            yield warn("heading_order", SKIPPED_HEADING, written.place(words), one=before, other=rank)
            return
        before = rank
    if len(first) == 1:
        yield fine("headings", HEADINGS_FINE)


def _tables(tree: LexborHTMLParser) -> Iterator[Finding]:
    bare = [
        table for table in tree.css("table") if table.attributes.get("role") not in ("presentation", "none")
    ]
    layout = [table for table in bare if not table.css("th")]
    facts = [
        table
        for table in layout
        if not table.css("td table, td img, td p, td div, td h1, td h2") and len(table.css("tr")) > 1
    ]
    if facts:
        yield warn("table_heads", TABLE_HEADS)
    if len(layout) > len(facts):
        yield warn("table_role", LAYOUT_TABLE, count=len(layout) - len(facts))


def _descriptions(tree: LexborHTMLParser, written: Written) -> Iterator[Finding]:
    for image in tree.css("img[alt]"):
        alt = (image.attributes.get("alt") or "").strip()
        if alt and FILE_NAME.match(alt):
            yield warn("image_alt_name", FILE_AS_ALT, written.place(alt), name=alt)


def _sizes(tree: LexborHTMLParser) -> Iterator[Finding]:
    for node in tree.css("[style*=font-size]"):
        found = FONT_SIZE.search(node.attributes.get("style") or "")
        size = float(found[1]) if found else SMALLEST
        if 2 < size < SMALLEST and node.tag != "img" and _own_text(node):
            yield warn("text_small", SMALL_TEXT, size=f"{size:g}")
            return


def _own_text(node: LexborNode) -> bool:
    child = node.first_child
    while child is not None:
        if child.is_text_node and (child.text_content or "").strip(" \t\r\n\xa0\u034f\u200c"):
            return True
        child = child.next
    return False


def _language(tree: LexborHTMLParser, draft: Draft) -> Iterator[Finding]:
    article = tree.css_first("[role=article]")
    words = re.findall(r"[a-zà-ÿ]+", (article.text(separator=" ") if article else "").lower())
    counts = {name: sum(word in known for word in words) for name, known in WORDS.items()}
    if len(words) < ENOUGH_WORDS or draft.language not in counts:
        return
    others = max(count for name, count in counts.items() if name != draft.language)
    if others > 3 * counts[draft.language] + 3:
        yield warn("language", OTHER_LANGUAGE)


def _text(node: LexborNode) -> str:
    return " ".join(node.text(deep=True).split())
