"""Liquid through the parsers: each tag becomes a mark that no parser moves or escapes, and comes back later.

An HTML parser throws loose text out of a table, and `{% for %}` between <table> and <tr> is text to it. A
comment may stand there, so tags in the text travel as comments; inside attributes, styles and comments they
travel as a word of two private-use characters and a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailexpert.content.rules_markup import pieces

WORD_START, COMMENT_START, END = "\ue000", "\ue002", "\ue001"
ENDCOMMENT = re.compile(r"\{%-?\s*+endcomment\s*+-?%\}")
LIQUID_COMMENT = re.compile(r"\{%-?\s*+comment\b")
MAX_LIQUID = 2_000  # tags in one source: python-liquid's parser and ours grow with them
MARK = re.compile(f"<!--{COMMENT_START}(\\d+){END}-->|{WORD_START}(\\d+){END}")
WORD = re.compile(f"{WORD_START}(\\d+){END}")
IS_DOCUMENT = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
COMMENTED_TAGS = re.compile(f"<!--\\s*((?:{WORD_START}\\d+{END}\\s*)+)-->")
LOOP_BEFORE_ROW = re.compile(
    f"(<table\\b[^>]{{0,1000}}>|</thead>|</tfoot>|</caption>)((?:\\s|<!--{COMMENT_START}\\d+{END}-->)+)(?=<tr\\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Tag:
    text: str
    line: int

    @property
    def steers(self) -> bool:
        """Whether it opens, closes or turns something, so that losing it breaks its other half."""
        return self.text.startswith("{%")


@dataclass(frozen=True, kw_only=True)
class Shielded:
    source: str
    tags: tuple[Tag, ...]


def shield(source: str, *, keep_lines: bool = False) -> Shielded:
    """Every Liquid tag as a word. Liquid's own comments go: nobody will read them in a mail."""
    tags: list[Tag] = []
    written: list[str] = []
    at, line = 0, 1
    for start, end in liquid_spans(source):
        line += source.count("\n", at, start)
        text = source[start:end]
        breaks = text.count("\n")
        written.append(source[at:start])
        if not LIQUID_COMMENT.match(text):
            written.append(f"{WORD_START}{len(tags)}{END}")
            tags.append(Tag(text=_one_quote(" ".join(text.splitlines())), line=line))
        written.append("\n" * breaks if keep_lines else "")
        at, line = end, line + breaks
    written.append(source[at:])
    return Shielded(source="".join(written), tags=tuple(tags))


def liquid_spans(source: str) -> Iterator[tuple[int, int]]:
    """Where each tag begins and ends; a comment with all it holds is one. What never ends is text."""
    at = 0
    while (start := _next_opening(source, at)) >= 0:
        closing = source.find("}}" if source.startswith("{{", start) else "%}", start)
        if closing < 0:
            at = start + 2
            if source.find("}}", at) < 0 and source.find("%}", at) < 0:
                return
            continue
        end = closing + 2
        if LIQUID_COMMENT.match(source, start):
            comment_end = ENDCOMMENT.search(source, end)
            end = comment_end.end() if comment_end else end
        yield start, end
        at = end


def _next_opening(source: str, at: int) -> int:
    found = [place for place in (source.find("{{", at), source.find("{%", at)) if place >= 0]
    return min(found, default=-1)


def _one_quote(tag: str) -> str:
    """`href="{{ x | default: "y" }}"` misleads whoever looks for the attribute's end later."""
    return tag if "'" in tag else tag.replace('"', "'")


def shield_html(source: str) -> Shielded:
    """As `shield`, with the steering tags in the text as comments."""
    shielded = shield(source)
    html, tags = shielded.source, shielded.tags
    html = COMMENTED_TAGS.sub(lambda found: found[1] if _all_steer(found[1], tags) else found[0], html)
    if not IS_DOCUMENT.search(html):
        # Else the parser puts what stands first before <html>.
        html = f"<body>{html}"
    written = []
    for piece in pieces(html):
        text = html[piece.start : piece.end]
        written.append(_as_comments(text, tags) if piece.kind == "text" else text)
    # Without a <tbody> of its own the parser would open one inside the loop.
    return Shielded(source=LOOP_BEFORE_ROW.sub(r"\1<tbody>\2", "".join(written)), tags=tags)


def _all_steer(words: str, tags: tuple[Tag, ...]) -> bool:
    return all(tags[int(found[1])].steers for found in WORD.finditer(words))


def _as_comments(text: str, tags: tuple[Tag, ...]) -> str:
    def as_comment(found: re.Match[str]) -> str:
        return f"<!--{COMMENT_START}{found[1]}{END}-->" if tags[int(found[1])].steers else found[0]

    return WORD.sub(as_comment, text)


def unshield(text: str, tags: tuple[Tag, ...]) -> str:
    return MARK.sub(lambda found: tags[int(found[1] or found[2])].text, text)


def moved(text: str, tags: tuple[Tag, ...]) -> Tag | None:
    """The first steering tag that a parser put after a later one: it moves what can't stand in a table."""
    seen: list[int] = []
    for found in MARK.finditer(text):
        number = int(found[1] or found[2])
        if tags[number].steers and number not in seen:
            if seen and number < seen[-1]:
                return tags[number]
            seen.append(number)
    return None


def lost(text: str, tags: tuple[Tag, ...]) -> list[Tag]:
    """The steering tags that did not come through."""
    there = {int(found[1] or found[2]) for found in MARK.finditer(text)}
    return [tag for number, tag in enumerate(tags) if tag.steers and number not in there]
