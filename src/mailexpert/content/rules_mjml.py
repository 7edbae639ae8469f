"""MJML read line by line before the compiler sees it: that drops what it doesn't know and names no line."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from mailexpert.content import problems
from mailexpert.content.problems import Problem
from mailexpert.content.rules_markup import MAY_STAY_OPEN, VOID, Lines, Piece, pieces, refuse_towers
from mailexpert.content.rules_names import names
from mailexpert.content.rules_shield import END, WORD

BODY_PARENTS = {
    "mj-section": ("mj-body", "mj-wrapper"),
    "mj-wrapper": ("mj-body",),
    "mj-hero": ("mj-body", "mj-wrapper"),
    "mj-group": ("mj-section",),
    "mj-column": ("mj-section", "mj-group"),
    "mj-text": ("mj-column", "mj-hero"),
    "mj-button": ("mj-column", "mj-hero"),
    "mj-image": ("mj-column", "mj-hero"),
    "mj-divider": ("mj-column", "mj-hero"),
    "mj-spacer": ("mj-column", "mj-hero"),
    "mj-table": ("mj-column", "mj-hero"),
    "mj-social": ("mj-column", "mj-hero"),
    "mj-social-element": ("mj-social",),
    "mj-navbar": ("mj-column", "mj-hero"),
    "mj-navbar-link": ("mj-navbar",),
    "mj-raw": ("mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero", "mj-head"),
}
HEAD_PARENTS = {
    "mj-title": ("mj-head",),
    "mj-preview": ("mj-head",),
    "mj-style": ("mj-head",),
    "mj-breakpoint": ("mj-head",),
    "mj-font": ("mj-head",),
    "mj-attributes": ("mj-head",),
    "mj-all": ("mj-attributes",),
    "mj-class": ("mj-attributes",),
}
PARENTS = {"mj-head": ("mjml",), "mj-body": ("mjml",), **BODY_PARENTS, **HEAD_PARENTS}
# These need form controls or scripts in the reader's mail program, or pictures from a stranger's server.
UNSUPPORTED = names(
    "mj-accordion mj-accordion-element mj-accordion-title mj-accordion-text mj-carousel mj-carousel-image "
    "mj-invoice mj-invoice-item mj-location mj-html-attributes mj-selector mj-html-attribute"
)
HOLDS_HTML = names(
    "mj-text mj-button mj-table mj-raw mj-navbar-link mj-social-element mj-title mj-preview mj-style"
)
BARE_VALUE = re.compile(r"\s([a-zA-Z-]++)\s*+=\s*+(?![\"'])")
INLINE_STYLE = re.compile(r"\sinline\s*=\s*[\"']inline[\"']")
NOTHING: frozenset[str] = frozenset()
MOST_PROBLEMS = 50
IN_QUOTES = re.compile(r"\"[^\"]*\"|'[^']*'")


# The compiler writes attributes inside a text as Rust's debugger would (\\u{e000}): it never sees the inside.
HELD_START = "\ue003"
HELD = re.compile(f"{HELD_START}(\\d+){END}")


@dataclass(frozen=True, kw_only=True)
class Tidy:
    """`mjml` for the compiler, `css` to go inline, `held` what stood inside texts, and what is wrong."""

    mjml: str
    css: str = ""
    held: tuple[str, ...]
    problems: tuple[Problem, ...]

    def put_back(self, html: str) -> str:
        return HELD.sub(lambda found: self.held[int(found[1])], html)


@dataclass(frozen=True)
class _Open:
    name: str
    line: int
    at: int


@dataclass
class _Reading:
    source: str
    lines: Lines
    stack: list[_Open] = field(default_factory=list)
    found: list[Problem] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    held: list[str] = field(default_factory=list)
    css: list[str] = field(default_factory=list)
    holding_from: int = 0
    inside_html: bool = False

    def problem(self, at: int, sentence: str, **values: object) -> None:
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(line=self.lines.at(at), sentence=sentence, values=values))

    def text(self, piece: Piece) -> str:
        return self.source[piece.start : piece.end]

    @property
    def parent(self) -> str:
        return self.stack[-1].name if self.stack else ""


def tidy(source: str) -> Tidy:
    """The shielded source as the compiler wants it (Liquid between blocks in <mj-raw>), and every problem
    that would make it drop something."""
    refuse_towers(source, NOTHING)
    reading = _Reading(source, Lines(source))
    for piece in pieces(source, raw=NOTHING):
        _piece(reading, piece)
    for opened in reading.stack:
        reading.problem(opened.at, problems.NOT_CLOSED, name=opened.name)
    if "mjml" not in reading.seen:
        return Tidy(mjml=source, held=(), problems=(Problem(line=1, sentence=problems.NOT_MJML),))
    if "mj-body" not in reading.seen:
        reading.problem(0, problems.NO_BODY)
    return Tidy(
        mjml="".join(reading.written),
        css="\n".join(reading.css),
        held=tuple(reading.held),
        problems=tuple(reading.found),
    )


def _text(reading: _Reading, at: int, text: str) -> None:
    if reading.inside_html or not text.strip():
        reading.written.append(text)
        return
    loose = WORD.sub("", text).strip()
    start = at + len(text) - len(text.lstrip())
    if not reading.stack:
        reading.problem(start, problems.NOT_MJML)
    elif loose or reading.parent not in BODY_PARENTS["mj-raw"] or reading.parent == "mj-head":
        reading.problem(start, problems.LOOSE_TEXT, parent=reading.parent)
    reading.written.append(WORD.sub(lambda found: f"<mj-raw>{found[0]}</mj-raw>", text))


def _piece(reading: _Reading, piece: Piece) -> None:
    if piece.kind == "text":
        _text(reading, piece.start, reading.text(piece))
    elif piece.kind == "open":
        _open(reading, piece)
    elif piece.kind == "close":
        _close(reading, piece)
    elif piece.kind == "loose":
        reading.problem(piece.start, problems.LOOSE_BRACKET)
    elif reading.inside_html:
        reading.written.append(reading.text(piece))


def _open(reading: _Reading, piece: Piece) -> None:
    at, name, rest = piece.start, piece.name, piece.rest
    for bare in BARE_VALUE.finditer(IN_QUOTES.sub('""', rest)):
        reading.problem(at, problems.ATTRIBUTE_QUOTES, name=bare[1])
    closed = rest.rstrip().endswith("/")
    if reading.inside_html:
        closed = closed or name in VOID
    else:
        _judge_place(reading, name, at)
        if name == "mj-social-element" and " src=" not in f" {rest}".replace("\n", " "):
            reading.problem(at, problems.FOREIGN_ICON)
    reading.seen.add(name)
    reading.written.append(reading.text(piece))
    if closed:
        return
    if name in HOLDS_HTML and not reading.inside_html:
        reading.holding_from, reading.inside_html = len(reading.written), True
    reading.stack.append(_Open(name, reading.lines.at(at), at))


def _judge_place(reading: _Reading, name: str, at: int) -> None:
    if name == "mjml":
        if reading.stack:
            reading.problem(at, problems.WRONG_PLACE, name=name, parent=reading.parent, wanted="…")
    elif name == "mj-include":
        reading.problem(at, problems.INCLUDE)
    elif name in UNSUPPORTED:
        reading.problem(at, problems.UNSUPPORTED_ELEMENT, name=name)
    elif reading.parent == "mj-attributes":
        return
    elif name not in PARENTS:
        _unknown(reading, name, at)
    elif reading.parent not in PARENTS[name] and reading.stack:
        wanted = "> / <".join(PARENTS[name][:2])
        reading.problem(at, problems.WRONG_PLACE, name=name, parent=reading.parent, wanted=wanted)


def _unknown(reading: _Reading, name: str, at: int) -> None:
    if not name.startswith("mj") and reading.parent in PARENTS:
        reading.problem(
            at, problems.WRONG_PLACE, name=name, parent=reading.parent, wanted="mj-text> / <mj-raw"
        )
        return
    near = get_close_matches(name, PARENTS, 1)
    if near:
        reading.problem(at, problems.UNKNOWN_ELEMENT_NEAR, name=name, near=near[0])
    else:
        reading.problem(at, problems.UNKNOWN_ELEMENT, name=name)


def _close(reading: _Reading, piece: Piece) -> None:
    at, name = piece.start, piece.name
    if name in VOID and reading.inside_html:
        return
    if name not in [opened.name for opened in reading.stack]:
        if not get_close_matches(name, [reading.parent], 1):
            reading.problem(at, problems.NOT_OPENED, name=name)
            return
        # A slip of the pen: go on as if it were right, or every line after it would look wrong too.
        reading.problem(at, problems.UNKNOWN_ELEMENT_NEAR, name=name, near=reading.parent)
        name = reading.parent
    while reading.stack[-1].name != name:
        left = reading.stack.pop()
        if left.name not in MAY_STAY_OPEN:
            reading.problem(at, problems.CROSSED, name=name, open=left.name, open_line=left.line)
    reading.stack.pop()
    if reading.inside_html and not any(opened.name in HOLDS_HTML for opened in reading.stack):
        reading.inside_html = False
        _hold(reading, name)
    reading.written.append(reading.text(piece))


def _hold(reading: _Reading, name: str) -> None:
    start = reading.holding_from
    held = "".join(reading.written[start:])
    if name == "mj-style" and INLINE_STYLE.search(reading.written[start - 1]):
        reading.css.append(held)
        held = ""
    reading.held.append(held)
    reading.written[start:] = [f"{HELD_START}{len(reading.held) - 1}{END}"]
