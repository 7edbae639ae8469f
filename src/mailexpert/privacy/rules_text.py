"""The text of a policy or agreement: a little Markdown, each paragraph bound to the promises it makes. No Django.

`# Title`, `## Section`, paragraphs, `- item`, `[words](address)`, `**strong**`; `{A1 A2}` at a paragraph's end.
"""

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

BOUND = re.compile(r"\s*\{(A\d{1,2}(?:\s+A\d{1,2})*)\}\s*$")
LINK = re.compile(r"\[([^\]]+)\]\((/[^\s)]*|https://[^\s)]+|mailto:[^\s)]+)\)")
HEADING = re.compile(r"^#+\s*")
STRONG = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    html: str
    promises: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def promises(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found for one in self.paragraphs for found in one.promises))


@dataclass(frozen=True, kw_only=True)
class Text:
    title: str
    sections: tuple[Section, ...]

    @property
    def promises(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found for one in self.sections for found in one.promises))


def read(source: str) -> Text:
    """The first section, before any `##`, has no title."""
    title, rest = "", source.replace("\r\n", "\n").strip()
    if rest.startswith("# "):
        title, _newline, rest = rest.removeprefix("# ").partition("\n")
    sections: list[tuple[str, list[Paragraph]]] = [("", [])]
    for block in re.split(r"\n\s*\n", rest.strip()):
        if block.startswith("## "):
            heading, _newline, block = block.removeprefix("## ").partition("\n")
            sections.append((heading.strip(), []))
        if block.strip():
            sections[-1][1].append(_paragraph(block.strip()))
    made = tuple(Section(title=name, paragraphs=tuple(found)) for name, found in sections if name or found)
    return Text(title=title.strip(), sections=made)


def _paragraph(block: str) -> Paragraph:
    found = BOUND.search(block)
    promises = tuple(found[1].split()) if found else ()
    words = BOUND.sub("", block)
    if words.startswith("- "):
        items = "".join(f"<li>{_inline(line.removeprefix('- '))}</li>" for line in words.split("\n"))
        return Paragraph(html=f"<ul>{items}</ul>", promises=promises)
    return Paragraph(html=f"<p>{_inline(' '.join(words.split()))}</p>", promises=promises)


def _inline(words: str) -> str:
    """Escaped first; what is made of it after that holds our own tags alone."""
    linked = LINK.sub(r'<a href="\2">\1</a>', escape(words))
    return STRONG.sub(r"<strong>\1</strong>", linked)


def fingerprint(source: str) -> str:
    return hashlib.blake2b(source.encode(), digest_size=32).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a comparison. `change`: same, changed, added or removed; `left` and `right` are marked pieces."""

    change: str
    left: tuple[tuple[bool, str], ...]
    right: tuple[tuple[bool, str], ...]
    is_heading: bool = False
    count: int = 0


def compare(old: str, new: str) -> list[Row]:
    """Side by side, paragraph by paragraph; within a changed one the words that differ are marked."""
    left, right = _blocks(old), _blocks(new)
    rows: list[Row] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [_row("same", block, block) for block in left[i1:i2]]
            continue
        paired = min(i2 - i1, j2 - j1)
        rows += [_words(*pair) for pair in zip(left[i1 : i1 + paired], right[j1 : j1 + paired], strict=True)]
        rows += [_row("removed", block, "") for block in left[i1 + paired : i2]]
        rows += [_row("added", "", block) for block in right[j1 + paired : j2]]
    return [_plain(row) for row in rows]


def _plain(row: Row) -> Row:
    """A heading without the signs that make it one."""
    sides = [side for side in (row.left, row.right) if side]
    if not all(side[0][1].startswith("#") for side in sides):
        return row
    left, right = (
        tuple((marked, HEADING.sub("", words) if n == 0 else words) for n, (marked, words) in enumerate(side))
        for side in (row.left, row.right)
    )
    return Row(change=row.change, left=left, right=right, is_heading=True)


def shortened(rows: Sequence[Row]) -> list[Row]:
    """What differs, with its heading; whatever stays the same in between is one row that says how much."""
    found: list[Row] = []
    same: list[Row] = []
    for row in rows:
        if row.change == "same":
            same.append(row)
            continue
        found += _gap(same)
        same = []
        found.append(row)
    return found + _gap(same, is_last=True)


def _gap(same: Sequence[Row], *, is_last: bool = False) -> list[Row]:
    heading = [] if is_last else [row for row in same if row.is_heading][-1:]
    left_out = len(same) - len(heading)
    return [*([Row(change="left_out", left=(), right=(), count=left_out)] if left_out else []), *heading]


def _blocks(source: str) -> list[str]:
    blocks = re.split(r"\n\s*\n", source.replace("\r\n", "\n").strip())
    return [" ".join(BOUND.sub("", block).split()) for block in blocks]


def _row(change: str, left: str, right: str) -> Row:
    return Row(change=change, left=((False, left),) if left else (), right=((False, right),) if right else ())


def _words(old: str, new: str) -> Row:
    left, right = old.split(" "), new.split(" ")
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    return Row(
        change="changed",
        left=tuple(_pieces(matcher.get_opcodes(), left, side=1)),
        right=tuple(_pieces(matcher.get_opcodes(), right, side=3)),
    )


def _pieces(
    opcodes: Sequence[tuple[str, int, int, int, int]], words: list[str], *, side: int
) -> Iterator[tuple[bool, str]]:
    for code in opcodes:
        start, end = (code[1], code[2]) if side == 1 else (code[3], code[4])
        if start != end:
            yield code[0] != "equal", " ".join(words[start:end]) + " "
