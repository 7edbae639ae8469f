"""The proof of one person as a PDF: the same pack as the page and the JSON, for a file or a letter."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

FONT = "vendor/fonts/ibm-plex-{family}-{letters}-{weight}-normal.woff2"
# Name in the document, family, weight. The second of each pair holds the letters that the first one lacks.
FACES = (("sans", "sans", 400), ("strong", "sans", 600), ("mono", "mono", 400))
MARGIN = 20.0
LINE = 5.2


class _Paper(FPDF):
    """A page with a number below, in the product's own letters."""

    def footer(self) -> None:
        self.set_y(-14)
        self.write_in("mono", 8, f"{self.page_no()}/{{nb}}")

    def write_in(self, face: str, size: float, text: str) -> None:
        self.set_font(face, size=size)
        self.set_fallback_fonts([f"{face}-more"])
        self.multi_cell(
            0, LINE * size / 10, self._shown(face, text), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def _shown(self, face: str, text: str) -> str:
        """A letter that no font has is written as its number: a proof leaves nothing out."""
        known = {
            letter for name in (face, f"{face}-more") for letter in getattr(self.fonts[name], "cmap", ())
        }
        return "".join(one if ord(one) in known or one == "\n" else f"[U+{ord(one):04X}]" for one in text)


@cache
def _font(family: str, letters: str, weight: int) -> str:
    found = finders.find(FONT.format(family=family, letters=letters, weight=weight))
    if not isinstance(found, str):
        raise FileNotFoundError(FONT)
    return found


def render(pack: Mapping[str, Any]) -> bytes:
    paper = _paper()
    who, sender = pack["person"], pack["sender"]
    paper.write_in("strong", 18, _("Proof"))
    paper.write_in("sans", 10, f"{who['email']}, {_moment(pack['made_at'])}")
    _heading(paper, _("Who mails whom"))
    _pair(paper, _("Sender"), ", ".join(filter(None, (sender["name"], sender["postal_address"]))))
    if sender["chamber_of_commerce"]:
        _pair(paper, _("Chamber of Commerce number"), sender["chamber_of_commerce"])
    _pair(paper, _("Person"), " ".join(filter(None, (who["name"], who["email"]))))
    _heading(paper, _("What was agreed to, in order"))
    for line in pack["ledger"]:
        _line(paper, line)
    if not pack["ledger"]:
        paper.write_in("sans", 10, _("Nothing was recorded for this person yet."))
    return bytes(paper.output())


def _paper() -> _Paper:
    paper = _Paper()
    paper.set_margins(MARGIN, MARGIN)
    paper.set_auto_page_break(auto=True, margin=MARGIN)
    paper.set_title(_("Proof"))
    paper.set_lang(get_language() or "nl")
    for name, family, weight in FACES:
        paper.add_font(name, fname=_font(family, "latin", weight))
        paper.add_font(f"{name}-more", fname=_font(family, "latin-ext", weight))
    paper.add_page()
    return paper


def _heading(paper: _Paper, text: str) -> None:
    paper.ln(LINE)
    paper.write_in("strong", 13, text)
    paper.ln(LINE / 3)


def _pair(paper: _Paper, name: str, value: str) -> None:
    paper.write_in("strong", 10, name)
    paper.write_in("sans", 10, value)


def _line(paper: _Paper, line: Mapping[str, Any]) -> None:
    on = ", ".join(filter(None, (line["act_words"], line["list"])))
    paper.write_in("mono", 9, _moment(line["at"]))
    paper.write_in("strong", 10, f"{on} ({line['ground_words']})" if line["ground"] else on)
    if line["words"]:
        paper.write_in("sans", 10, line["words"])
    if line["shown"]:
        paper.write_in("sans", 9, line["shown"])
    if line["link"]:
        sealed = _("Sealed by link %(n)s of the chain") % {"n": line["link"]}
        paper.write_in("mono", 8, f"{sealed} {line['link_hash']}")
    else:
        paper.write_in("sans", 8, _("Not sealed yet; that takes a minute or two."))
    paper.ln(LINE / 2)


def _moment(value: datetime) -> str:
    return date_format(timezone.localtime(value), "j F Y, H:i:s")
