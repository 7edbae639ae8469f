"""Liquid through the parsers: each tag becomes a mark that no parser moves or escapes, and comes back later.

An HTML parser throws loose text out of a table, and `{% for %}` between <table> and <tr> is text to it. A
comment may stand there, so tags in the text travel as comments; inside attributes, styles and comments they
travel as a word of two private-use characters and a number.
"""

import re
from dataclasses import dataclass

WORD_START, COMMENT_START, END = "\ue000", "\ue002", "\ue001"
LIQUID = re.compile(r"\{%-?\s*comment\b.*?\{%-?\s*endcomment\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
LIQUID_COMMENT = re.compile(r"\{%-?\s*comment\b")
MARK = re.compile(f"<!--{COMMENT_START}(\\d+){END}-->|{WORD_START}(\\d+){END}")
WORD = re.compile(f"{WORD_START}(\\d+){END}")
# What a parser reads in one gulp. In the rest, the text, tags become comments.
MARKUP = re.compile(
    r"<!--.*?-->"
    r"|<(?P<raw>style|title|script|textarea)\b[^>]*>.*?</(?P=raw)\s*>"
    r"|</?[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>"
    r"|<!doctype[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
IS_DOCUMENT = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
COMMENTED_TAGS = re.compile(f"<!--\\s*((?:{WORD_START}\\d+{END}\\s*)+)-->")
LOOP_BEFORE_ROW = re.compile(
    f"(<table\\b[^>]*>|</thead>|</tfoot>|</caption>)((?:\\s|<!--{COMMENT_START}\\d+{END}-->)+)(?=<tr\\b)",
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

    def keep(found: re.Match[str]) -> str:
        breaks = "\n" * found[0].count("\n") if keep_lines else ""
        if LIQUID_COMMENT.match(found[0]):
            return breaks
        line = source.count("\n", 0, found.start()) + 1
        tags.append(Tag(text=_one_quote(" ".join(found[0].splitlines())), line=line))
        return f"{WORD_START}{len(tags) - 1}{END}{breaks}"

    return Shielded(source=LIQUID.sub(keep, source), tags=tuple(tags))


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
    pieces, at = [], 0
    for markup in MARKUP.finditer(html):
        pieces += [_as_comments(html[at : markup.start()], tags), markup[0]]
        at = markup.end()
    pieces.append(_as_comments(html[at:], tags))
    # Without a <tbody> of its own the parser would open one inside the loop.
    return Shielded(source=LOOP_BEFORE_ROW.sub(r"\1<tbody>\2", "".join(pieces)), tags=tags)


def _all_steer(words: str, tags: tuple[Tag, ...]) -> bool:
    return all(tags[int(found[1])].steers for found in WORD.finditer(words))


def _as_comments(text: str, tags: tuple[Tag, ...]) -> str:
    def as_comment(found: re.Match[str]) -> str:
        return f"<!--{COMMENT_START}{found[1]}{END}-->" if tags[int(found[1])].steers else found[0]

    return WORD.sub(as_comment, text)


def unshield(text: str, tags: tuple[Tag, ...]) -> str:
    return MARK.sub(lambda found: tags[int(found[1] or found[2])].text, text)


def lost(text: str, tags: tuple[Tag, ...]) -> list[Tag]:
    """The steering tags that did not come through."""
    there = {int(found[1] or found[2]) for found in MARK.finditer(text)}
    return [tag for number, tag in enumerate(tags) if tag.steers and number not in there]
