"""Where the addresses of links stand in HTML that still holds Liquid, and in plain text.

A parser that writes HTML anew would change what it didn't understand; this one only points at places. Every
search runs to the right and each part is looked at once, so that no source makes it slow.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(r"<!--|<[!?]|\{\{|\{%|<(/?)([A-Za-z][^\s/>{]*)")
COMMENT_END = re.compile(r"--!?>")
CONDITION = re.compile(r"<!--\s*\[if[^\]]*\]>", re.IGNORECASE)  # Outlook reads on, and so do we
ATTRIBUTE_GAP = re.compile(r"[\s/]*")
ATTRIBUTE_NAME = re.compile(r"=?[^\s/>={]*")
EQUALS = re.compile(r"\s*=\s*")
BARE_END = re.compile(r"[\s>]|\{\{|\{%")
QUOTED_END = {'"': re.compile(r'"|\{\{|\{%'), "'": re.compile(r"'|\{\{|\{%")}
NOT_MARKUP = frozenset(
    ("script", "style", "title", "textarea", "xmp", "noembed", "noframes", "iframe", "plaintext")
)
LINKED = frozenset(("a", "area"))
CLOSERS = {"{{": "}}", "{%": "%}"}

IN_TEXT = re.compile(r"https?://[^\s<>\"\u2028\u2029]+", re.IGNORECASE)
AFTER_AN_ADDRESS = ".,;:!?'*_"
BRACKETS = {")": "(", "]": "["}


class Place(NamedTuple):
    """`html[start:end]` is an attribute's value as written; an unquoted one needs quotes when it is replaced."""

    start: int
    end: int
    is_quoted: bool


class _OutOfText(Exception):
    """The source ends where something is still open."""


def hrefs(html: str) -> Iterator[Place]:
    """The first `href` of each link, also inside Outlook's conditional comments; nothing in comments, style sheets
    and the like. Never raises."""
    at = 0
    reader = _Reader(html)
    try:
        while (found := TOKEN.search(html, at)) is not None:
            name = found[2]
            if name is None:
                at = reader.past(found[0], found.start())
                continue
            places, at = reader.attributes(found.end())
            name = name.lower()
            if found[1]:
                continue
            if name in LINKED or name.startswith("v:"):
                yield from places
            if name in NOT_MARKUP:
                at = reader.past_element(name, at)
    except _OutOfText:
        return


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.unclosed: set[str] = set()  # openers known to have no end any more

    def past(self, opener: str, at: int) -> int:
        """Behind a comment, declaration or piece of Liquid that begins at `at`."""
        html = self.html
        if opener in CLOSERS:
            return self.past_liquid(opener, at)
        if opener == "<!--":
            condition = CONDITION.match(html, at)
            if condition is not None:
                return condition.end()
            end = COMMENT_END.search(html, at + 2)  # `<!-->` is a whole comment
            if end is None:
                raise _OutOfText
            return max(end.end(), at + 5)
        return self._find(">", at) + 1

    def past_liquid(self, opener: str, at: int) -> int:
        """Liquid is read before HTML, so a quote or bracket in it ends nothing. Without its end it is text."""
        if opener not in self.unclosed:
            end = self.html.find(CLOSERS[opener], at + 2)
            if end >= 0:
                return end + 2
            self.unclosed.add(opener)
        return at + 2

    def past_element(self, name: str, at: int) -> int:
        end = re.compile(f"</{name}", re.IGNORECASE).search(self.html, at)
        if end is None or name == "plaintext":
            raise _OutOfText
        return end.start()

    def attributes(self, at: int) -> tuple[list[Place], int]:
        """The href among a tag's attributes, and the place behind the tag."""
        html, found = self.html, list[Place]()
        while True:
            at = _end(ATTRIBUTE_GAP, html, at)
            sign = html[at : at + 2]
            if not sign:
                raise _OutOfText
            if sign[0] == ">":
                return found, at + 1
            if sign in CLOSERS:
                name, at = "", self.past_liquid(sign, at)
            else:
                name_end = max(_end(ATTRIBUTE_NAME, html, at), at + 1)
                name, at = html[at:name_end].lower(), name_end
            equals = EQUALS.match(html, at)
            if equals is not None:
                place, at = self.value(equals.end())
                if name == "href" and not found:
                    found.append(place)

    def value(self, at: int) -> tuple[Place, int]:
        """An attribute's value, and the place behind it."""
        quote = self.html[at : at + 1]
        if quote in QUOTED_END and quote:
            end = self._value_end(QUOTED_END[quote], at + 1)
            return Place(at + 1, end, is_quoted=True), end + 1
        end = self._value_end(BARE_END, at)
        return Place(at, end, is_quoted=False), end

    def _value_end(self, ends: re.Pattern[str], at: int) -> int:
        while (found := ends.search(self.html, at)) is not None:
            if found[0] not in CLOSERS:
                return found.start()
            at = self.past_liquid(found[0], found.start())
        raise _OutOfText

    def _find(self, what: str, at: int) -> int:
        found = self.html.find(what, at)
        if found < 0:
            raise _OutOfText
        return found


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def in_text(text: str) -> Iterator[tuple[int, int]]:
    """Where web addresses stand in plain text, without the punctuation that follows them."""
    for found in IN_TEXT.finditer(text):
        address, end = found[0], found.end()
        unopened = {close: address.count(close) - address.count(opened) for close, opened in BRACKETS.items()}
        while text[end - 1] in AFTER_AN_ADDRESS or unopened.get(text[end - 1], 0) > 0:
            if text[end - 1] in unopened:
                unopened[text[end - 1]] -= 1
            end -= 1
        yield found.start(), end
