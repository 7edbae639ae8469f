"""A source cut into its tags, comments and texts, in one pass: a parser's view, with a ceiling on its work.

Regular expressions that search for an end begin anew at every beginning; a source full of beginnings keeps
them busy for hours. Here what doesn't end, ends the walk: a browser's parser drops it too.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from mailexpert.content import problems
from mailexpert.content.problems import Problem, SourceError
from mailexpert.content.rules_names import names

MAX_DEPTH = 120  # a mail of nested tables has some thirty; parsers fall over at thousands
MAX_TAGS = 10_000  # the largest mail that isn't clipped has some three thousand
RAW = names("style title script textarea")
VOID = names("area base br col embed hr img input link meta source track wbr")
# HTML lets these end by themselves.
MAY_STAY_OPEN = names("p li dt dd tr td th thead tbody tfoot option colgroup html head body")
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*+)>")
OTHER = re.compile(r"<[!?][^>]*+>")


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: text, comment, raw (its inside is no markup), open, close, other, or loose (a stray <)."""

    kind: str
    start: int
    end: int
    name: str = ""
    rest: str = ""


class Lines:
    """The line of a position, counted once."""

    def __init__(self, source: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", source))]

    def at(self, position: int) -> int:
        return bisect_right(self._starts, position)


def pieces(source: str, raw: frozenset[str] = RAW) -> Iterator[Piece]:
    at = 0
    while (start := source.find("<", at)) >= 0:
        if start > at:
            yield Piece("text", at, start)
        piece = _piece(source, start, raw)
        if piece is None:
            # It never ends: nothing after it is markup.
            at = start
            break
        yield piece
        at = piece.end
    if at < len(source):
        yield Piece("text", at, len(source))


def _piece(source: str, start: int, raw: frozenset[str]) -> Piece | None:
    if source.startswith("<!--", start):
        end = source.find("-->", start + 2)
        return Piece("comment", start, end + 3) if end >= 0 else None
    if source.startswith("<![CDATA[", start):
        end = source.find("]]>", start)
        return Piece("other", start, end + 3) if end >= 0 else None
    following = source[start + 1 : start + 3]
    if following[:1] in ("!", "?"):
        other = OTHER.match(source, start)
        return Piece("other", start, other.end()) if other else None
    if not (following[:1].isascii() and following.lstrip("/")[:1].isalpha()):
        return Piece("loose", start, start + 1)
    tag = TAG.match(source, start)
    if tag is None:
        return None
    name = tag[2].lower()
    if name in raw and not tag[1] and not tag[3].endswith("/"):
        end = _end_of(source, name, tag.end())
        return Piece("raw", start, end, name) if end else None
    return Piece("close" if tag[1] else "open", start, tag.end(), name, tag[3])


def _end_of(source: str, name: str, at: int) -> int:
    closing = re.compile(rf"</{re.escape(name)}\s*+>", re.IGNORECASE).search(source, at)
    return closing.end() if closing else 0


def refuse_towers(source: str, raw: frozenset[str] = RAW) -> None:
    """Refuse what no mail is: thousands of elements in each other, or tens of thousands beside each other."""
    depth = tags = 0
    for piece in pieces(source, raw):
        tags += piece.kind != "text"
        if tags > MAX_TAGS:
            raise SourceError(_too(problems.TOO_MANY, MAX_TAGS, source, piece.start))
        if piece.name in VOID or piece.name in MAY_STAY_OPEN:
            continue
        if piece.kind == "open" and not piece.rest.endswith("/"):
            depth += 1
        elif piece.kind == "close":
            depth = max(0, depth - 1)
        if depth > MAX_DEPTH:
            raise SourceError(_too(problems.TOO_DEEP, MAX_DEPTH, source, piece.start))


def _too(sentence: str, limit: int, source: str, at: int) -> Problem:
    return Problem(line=source.count("\n", 0, at) + 1, sentence=sentence, values={"limit": limit})
