"""To whom each numbered link of a frozen issue is shown, read off its Liquid: to everybody, to who is in a segment (or
isn't), or to nobody can say whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailexpert.mail import links, personalise

SEGMENT = re.compile(r"contact\.segment-(\d{1,18})|contact\[[\"']segment-(\d{1,18})[\"']\]")
LIQUID = ("{{", "{%")


@dataclass(frozen=True, slots=True)
class Circle:
    """Who is in a segment, or who of the mailing's people isn't."""

    segment: int
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a link stands: `everyone` sees it, or each of `circles` does, or (neither) nobody can say who."""

    everyone: bool = False
    circles: frozenset[Circle] = frozenset()


UNKNOWN = Seen()
EVERYONE = Seen(everyone=True)


def seen_by(html: str, text: str) -> dict[int, Seen]:
    """By number of the link. A link that stands in several places is seen by whoever sees one of them; what stands in
    the HTML is seen there, whatever the text part says, since that is what mail programs show. Never raises: of what
    can't be read nobody can say who sees it."""
    veiled = _veiled(html)
    in_html = _gathered((number, UNKNOWN if number in veiled else place) for number, place in _places(html))
    return _gathered(_places(text)) | in_html


def _gathered(places: Iterable[tuple[int, Seen]]) -> dict[int, Seen]:
    found: dict[int, Seen] = {}
    for number, place in places:
        before = found.get(number, UNKNOWN)
        found[number] = Seen(before.everyone or place.everyone, before.circles | place.circles)
    return found


def words_of(html: str) -> dict[int, str]:
    """The words of each numbered link as its first reader meets them; of a picture its alternative text."""
    found: dict[int, str] = {}
    for node in LexborHTMLParser(html).css("a"):
        mark = links.PLACEHOLDER.search(node.attributes.get("href") or "")
        if mark is None:
            continue
        said = " ".join(node.text().split())
        if not said:
            said = " ".join(filter(None, (one.attributes.get("alt") for one in node.css("img"))))
        said = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "…", said)
        if said and int(mark[1]) not in found:
            found[int(mark[1])] = said
    return found


def _places(source: str) -> Iterator[tuple[int, Seen]]:
    if not any(sign in source for sign in LIQUID):
        yield from ((number, EVERYONE) for number in _numbers(source))
        return
    try:
        nodes = personalise.read(source, personalise.HTML).nodes
    except personalise.RenderProblem:
        yield from ((number, UNKNOWN) for number in _numbers(source))
        return
    yield from _in_nodes(nodes, EVERYONE)


def _numbers(source: str) -> Iterator[int]:
    return (int(mark[1]) for mark in links.PLACEHOLDER.finditer(source))


def _in_nodes(nodes: Iterable[Node], seen: Seen) -> Iterator[tuple[int, Seen]]:
    for node in nodes:
        if isinstance(node, ContentNode):
            yield from ((number, seen) for number in _numbers(node.text))
        elif isinstance(node, IfNode | UnlessNode):
            yield from _in_condition(node, seen)
        else:
            inner: Any = node.children(None)  # type: ignore[arg-type]
            yield from _in_nodes(inner, UNKNOWN)


def _in_condition(node: IfNode | UnlessNode, seen: Seen) -> Iterator[tuple[int, Seen]]:
    asked = SEGMENT.fullmatch(str(node.condition).strip())
    is_plain = asked is not None and seen.everyone and not node.alternatives
    number = int(asked[1] or asked[2]) if asked else 0
    inside = isinstance(node, IfNode)
    for branch, is_in in ((node.consequence, inside), (node.default, not inside)):
        if branch is not None:
            circle = Seen(circles=frozenset((Circle(number, is_in),))) if is_plain else UNKNOWN
            yield from _in_nodes(branch.nodes, circle)
    for other in node.alternatives:
        yield from _in_nodes(other.children(None), UNKNOWN)  # type: ignore[arg-type]


def _veiled(html: str) -> frozenset[int]:
    """Links that a reader's own values may hide: around them, or in a style sheet, an attribute holds Liquid."""
    tree = LexborHTMLParser(html)
    everywhere = any(_has_liquid(style.text()) for style in tree.css("style"))
    return frozenset(
        number
        for node in tree.css("a, area")
        for number in _numbers(node.attributes.get("href") or "")
        if everywhere or _is_veiled(node)
    )


def _is_veiled(node: LexborNode | None) -> bool:
    while node is not None:
        if any(_has_liquid(value) for name, value in (node.attributes or {}).items() if name not in HARMLESS):
            return True
        node = node.parent
    return False


HARMLESS = frozenset(("title", "alt", "href"))


def _has_liquid(value: str | None) -> bool:
    return value is not None and any(sign in value for sign in LIQUID)
