"""What a check can mend in HTML and MJML as it was written. What is put in has single quotes: in JSON they stand as
they are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

ANCHOR = re.compile(r"<a\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
NO_LINE = re.compile(r"(text-decoration(?:-line)?\s*:\s*)none", re.IGNORECASE)
DRAWN = re.compile(r"background|padding|border", re.IGNORECASE)  # a button has a shape of its own
RULE = re.compile(r"(?P<selectors>[^{}<>;]{1,120})\{(?P<declared>[^{}]{0,2000})\}")
PLAIN_LINK = re.compile(r"(?:^|[\s>])a(?::[\w-]+)?$", re.IGNORECASE)
ROW = re.compile(r"<tr\b[^<>]{0,2000}>|</tr\s*>|<t[hd](?=[\s>])[^<>]{0,2000}>", re.IGNORECASE)
TABLE = re.compile(r"<table\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|</table\s*>|<th(?=[\s>])", re.IGNORECASE)
ADDRESS_END = r"(?=[\"'\\\s<)]|$)"
HAS_WAY = re.compile(r"\s(?:scope|id)\s*=", re.IGNORECASE)
HAS_ROLE = re.compile(r"\srole\s*=", re.IGNORECASE)
LAYOUT = re.compile(r"<(?:table|img|p|div|h[1-6])\b", re.IGNORECASE)


def with_lines(source: str) -> str:
    """A line below each link that is no button."""

    def rule(found: re.Match[str]) -> str:
        names = [name.strip() for name in found["selectors"].split(",")]
        if not any(PLAIN_LINK.search(name) for name in names) or DRAWN.search(found["declared"]):
            return found[0]
        return f"{found['selectors']}{{{_lined(found['declared'])}}}"

    def anchor(found: re.Match[str]) -> str:
        return found[0] if DRAWN.search(found[0]) else _lined(found[0])

    return ANCHOR.sub(anchor, RULE.sub(rule, source))


def _lined(style: str) -> str:
    return NO_LINE.sub(r"\1underline", style)


def with_scopes(source: str) -> str:
    """A head beside cells is the head of its row, else of its column."""
    puts: list[tuple[int, str]] = []
    for row in _rows(source):
        way = "row" if any(tag[0][:3].lower() == "<td" for tag in row) else "col"
        heads = (tag for tag in row if tag[0][:3].lower() == "<th" and not HAS_WAY.search(tag[0]))
        puts += [(tag.start() + len("<th"), f" scope='{way}'") for tag in heads]
    return _with(source, puts)


def _rows(source: str) -> Iterator[list[re.Match[str]]]:
    """The heads and cells that stand in one row."""
    row: list[re.Match[str]] = []
    for tag in ROW.finditer(source):
        if tag[0].lower().startswith(("<tr", "</tr")):
            yield row
            row = []
        else:
            row.append(tag)
    yield row


def _with(source: str, puts: list[tuple[int, str]]) -> str:
    """The source with each of these at its place."""
    pieces, at = [], 0
    for place, what in sorted(puts):
        pieces += [source[at:place], what]
        at = place
    return "".join([*pieces, source[at:]])


def with_roles(source: str) -> str:
    """A table that holds pictures, paragraphs or tables and no heads is there for its looks alone."""
    opened: list[_Open] = []
    puts: list[tuple[int, str]] = []
    for tag in TABLE.finditer(source):
        if tag[0][:3].lower() == "<th":
            if opened:
                opened[-1].has_heads = True
        elif not tag[0].startswith("</"):
            opened.append(_Open(tag=tag))
        elif opened:
            table = opened.pop()
            is_layout = LAYOUT.search(source, table.tag.end(), tag.start())
            if is_layout and not table.has_heads and not HAS_ROLE.search(table.tag[0]):
                puts.append((table.tag.start() + len("<table"), " role='presentation'"))
    return _with(source, puts)


@dataclass
class _Open:
    tag: re.Match[str]
    has_heads: bool = False


def with_targets(source: str, moved: Mapping[str, str]) -> str:
    """Each address that leads on to another one, as that other one."""
    written = {escape(old): escape(new) for old, new in moved.items()} | dict(moved)  # blocks escape nothing
    if not written:
        return source
    longest_first = sorted(written, key=len, reverse=True)
    known = re.compile(rf"(?:{'|'.join(map(re.escape, longest_first))}){ADDRESS_END}")
    return known.sub(lambda found: written[found[0]], source)
