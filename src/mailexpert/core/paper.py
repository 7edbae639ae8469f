"""A document as PDF in the product's own letters: text, headings, and tables of words and numbers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import get_language
from fpdf import FPDF
from fpdf.fonts import TTFFont

FONT = "vendor/fonts/ibm-plex-{family}-{letters}-{weight}-normal.woff2"
# Name in the document, family, weight. The second of each pair holds the letters that the first one lacks.
FACES = (("sans", "sans", 400), ("strong", "sans", 600), ("mono", "mono", 400))
MARGIN = 20.0
LINE = 5.2
ROW = 6.4
NUMBER = 26.0  # millimetres of a column of numbers


class Paper(FPDF):
    """Pages with a number below."""

    def footer(self) -> None:
        self.set_y(-14)
        self.write_in("mono", 8, f"{self.page_no()}/{{nb}}")

    def write_in(self, face: str, size: float, text: str) -> None:
        self._letters(face, size)
        self.multi_cell(0, LINE * size / 10, self.shown(face, text), align="L", new_x="LMARGIN", new_y="NEXT")

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
            self._letters(own, 9)
            self.set_xy(left, top)
            self.multi_cell(width - 2, LINE, self.shown(own, text), align="R" if is_number else "L")
            left += width
        self.set_draw_color(0xD9, 0xD5, 0xCB)
        self.line(self.l_margin, top + height - 0.6, self.l_margin + self.epw, top + height - 0.6)
        self.set_xy(self.l_margin, top + height)

    def _height(self, face: str, text: str, width: float) -> float:
        self._letters(face, 9)
        lines: Any = self.multi_cell(width - 2, LINE, self.shown(face, text), dry_run=True, output="LINES")
        return max(ROW, len(lines) * LINE + 1.2)

    def _letters(self, face: str, size: float) -> None:
        self.set_font(face, size=size)
        self.set_fallback_fonts([f"{face}-more"])

    def shown(self, face: str, text: str) -> str:
        """A letter that no font has is written as its number: nothing is left out."""
        known = {
            letter for name in (face, f"{face}-more") for letter in getattr(self.fonts[name], "cmap", ())
        }
        return "".join(one if ord(one) in known or one == "\n" else f"[U+{ord(one):04X}]" for one in text)


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
    for name, family, weight in FACES:
        paper.add_font(name, fname=_font(family, "latin", weight))
        paper.add_font(f"{name}-more", fname=_font(family, "latin-ext", weight))
    paper.add_page()


@cache
def _font(family: str, letters: str, weight: int) -> str:
    found = finders.find(FONT.format(family=family, letters=letters, weight=weight))
    if not isinstance(found, str):
        raise FileNotFoundError(FONT)
    return found
