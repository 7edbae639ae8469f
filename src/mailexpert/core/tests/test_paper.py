"""A document as PDF: no letter is lost where a line ends, and no line runs off the page."""

import pytest

from mailexpert.core.paper import Paper, begin

TEXTS = (
    "Een zin die zo lang is dat hij over het blad heen loopt. " * 6,
    "x" * 400,
    "Kort en dan " + "https://voorbeeld.example/" + "pad/" * 80 + " en verder.",
    "Eerste regel\n\nderde regel, met Łukasz en Ğül " * 3,
    "",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("face", "size"), [("sans", 10.0), ("strong", 18.0), ("mono", 8.0)])
def test_a_text_is_broken_into_lines_that_fit(text: str, face: str, size: float) -> None:
    with begin("Proef") as paper:
        paper.write_in(face, size, text)
        lines = list(paper.lines(face, size, paper.shown(face, text)))
        assert max(_wide(paper, face, size, line) for line in lines) <= paper.epw
        assert bytes(paper.output())[:5] == b"%PDF-"
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert len(lines) >= text.count("\n") + 1


def _wide(paper: Paper, face: str, size: float, line: str) -> float:
    """As the library measures it; letters of the font that helps out by that font."""
    total = 0.0
    for letter in line:
        usual = ord(letter) in getattr(paper.fonts[face], "cmap", ())
        paper.set_font(face if usual else f"{face}-more", size=size)
        total += paper.get_string_width(letter)
    return total
