"""A document as PDF in the product's own letters: text, headings, and tables of words and numbers."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import get_language
from fpdf import FPDF
from fpdf.fonts import TTFFont

FONT = "vendor/fonts/ibm-plex-{family}-{letters}-{weight}-normal.woff2"
# Name in the document: family, weight. Letters that a face lacks are in a second font, `sans-more`.
FACES = {"sans": ("sans", 400), "strong": ("sans", 600), "mono": ("mono", 400)}
MARGIN = 20.0
LINE = 5.2
ROW = 6.4
WORD = re.compile(r"\S+\s*|\s+")
NUMBER = 26.0  # millimetres of a column of numbers


class Paper(FPDF):
    """Pages with a number below."""

    def __init__(self) -> None:
        super().__init__()
        self._letters_of: dict[str, frozenset[int]] = {}

    def footer(self) -> None:
        self.set_y(-14)
        self.write_in("mono", 8, f"{self.page_no()}/{{nb}}")

    def write_in(self, face: str, size: float, text: str) -> None:
        for line in self.lines(face, size, self._letters(face, size, text)):
            self.cell(0, LINE * size / 10, line, new_x="LMARGIN", new_y="NEXT")

    def lines(self, face: str, size: float, text: str) -> Iterator[str]:
        """The text in lines that fit the page. The library measures each letter several times over: a long history
        would take three seconds by it."""
        widths, room = self._widths(face), (self.epw - 2 * self.c_margin) * self.k * 1000 / size
        for paragraph in text.split("\n"):
            line, used = "", 0.0
            for word in WORD.findall(paragraph):
                bare = sum(map(widths, word.rstrip()))
                if line and used + bare > room:
                    yield line.rstrip()
                    line, used = "", 0.0
                for letter in word if bare > room else (word,):
                    wide = sum(map(widths, letter))
                    if line and bare > room and used + wide > room:
                        yield line
                        line, used = "", 0.0
                    line, used = line + letter, used + wide
            yield line.rstrip()

    def _widths(self, face: str) -> Callable[[str], float]:
        """How wide a letter is, in thousandths of its size."""
        usual, more = self._known(face), f"{face}-more"

        def wide(letter: str) -> float:
            font: Any = self.fonts[face if ord(letter) in usual else more]
            return float(font.cw[ord(letter)])

        return wide

    def _known(self, name: str) -> frozenset[int]:
        """The letters that a font has; one that helps out is opened when the first text needs it."""
        if name not in self._letters_of:
            if name not in self.fonts:
                face = name.removesuffix("-more")
                self.add_font(name, fname=_font(face, "latin-ext"))
            self._letters_of[name] = frozenset(getattr(self.fonts[name], "cmap", ()))
        return self._letters_of[name]

    def heading(self, text: str) -> None:
        if self.will_page_break(4 * LINE):  # no heading alone at the foot of a page
            self.add_page()
        self.ln(LINE)
        self.write_in("strong", 13, text)
        self.ln(LINE / 3)

    def table_of(self, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> None:
        """`numbers` says which columns stand right. Words that don't fit go on below."""
        wide = [index for index, is_number in enumerate(numbers) if not is_number]
        room = self.epw - NUMBER * (len(numbers) - len(wide))
        widths = [NUMBER if is_number else room / max(len(wide), 1) for is_number in numbers]
        self._row("strong", head, widths, numbers)
        for row in rows:
            self._row("sans", row, widths, numbers)

    def _row(self, face: str, cells: Sequence[str], widths: Sequence[float], numbers: Sequence[bool]) -> None:
        heights = [self._height(face, text, width) for text, width in zip(cells, widths, strict=True)]
        height = max(heights, default=ROW)
        if self.will_page_break(height):
            self.add_page()
        top, left = self.get_y(), self.l_margin
        for text, width, is_number in zip(cells, widths, numbers, strict=True):
            own = "mono" if is_number and face == "sans" else face
            known = self._letters(own, 9, text)
            self.set_xy(left, top)
            self.multi_cell(width - 2, LINE, known, align="R" if is_number else "L")
            left += width
        self.set_draw_color(0xD9, 0xD5, 0xCB)
        self.line(self.l_margin, top + height - 0.6, self.l_margin + self.epw, top + height - 0.6)
        self.set_xy(self.l_margin, top + height)

    def _height(self, face: str, text: str, width: float) -> float:
        known = self._letters(face, 9, text)
        lines: Any = self.multi_cell(width - 2, LINE, known, dry_run=True, output="LINES")
        return max(ROW, len(lines) * LINE + 1.2)

    def _letters(self, face: str, size: float, text: str) -> str:
        """Takes up the face, with its help where the text needs it; the text as it is written then."""
        known = self.shown(face, text)
        self.set_font(face, size=size)
        self.set_fallback_fonts([f"{face}-more"] if f"{face}-more" in self.fonts else [])
        return known

    def shown(self, face: str, text: str) -> str:
        """A letter that no font has is written as its number: nothing is left out."""
        usual = self._known(face)
        if all(ord(one) in usual or one == "\n" for one in text):
            return text
        other = self._known(f"{face}-more")
        return "".join(
            one if ord(one) in usual or ord(one) in other or one == "\n" else f"[U+{ord(one):04X}]"
            for one in text
        )


@contextmanager
def begin(title: str) -> Iterator[Paper]:
    """A first page, with the title for whoever reads the file's properties. Its letters are open within."""
    paper = Paper()
    try:
        _furnish(paper, title)
        yield paper
    finally:
        for font in paper.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


def _furnish(paper: Paper, title: str) -> None:
    paper.set_margins(MARGIN, MARGIN)
    paper.set_auto_page_break(auto=True, margin=MARGIN)
    paper.set_title(title)
    paper.set_lang(get_language() or "nl")
    for name in FACES:
        paper.add_font(name, fname=_font(name, "latin"))
    paper.add_page()


@cache
def _font(face: str, letters: str) -> str:
    family, weight = FACES[face]
    found = finders.find(FONT.format(family=family, letters=letters, weight=weight))
    if not isinstance(found, str):
        raise FileNotFoundError(FONT)
    return found
