"""Which kind of field a column of a file looks like, and what could be chosen in it. No Django."""

import re
from collections.abc import Callable, Sequence

from mailexpert.contacts.rules_columns import CellProblem, day, number, truth

KINDS = ("text", "number", "date", "boolean", "choice")
FEWEST_CHOICES, MOST_CHOICES = 2, 50
LONGEST_CHOICE = 80
NEARLY_ALL = 0.9
# A handful of short values that come back is a choice; names and places differ more.
MOST_SUGGESTED, TIMES_EACH = 8, 3
IS_CODE = re.compile(
    r"0\d+|\d{13,}"
).fullmatch  # a telephone, a postcode, a card: digits one doesn't reckon with
HAS_SIGN = re.compile(r"\d[-/.]\d").search


def suggested(cells: Sequence[str]) -> str:
    """The kind that nearly every value of the sample fits; the others are refused by name."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return "text"
    needed = NEARLY_ALL * len(filled)
    if sum(bool(HAS_SIGN(cell)) and _read(day, cell) != "" for cell in filled) >= needed:
        return "date"
    truths = [_read(truth, cell) for cell in filled]
    if len(filled) - truths.count("") >= needed and {"t", "f"} <= set(truths):
        return "boolean"
    if sum(not IS_CODE(cell) and _read(number, cell) != "" for cell in filled) >= needed:
        return "number"
    different = choices_of(filled)
    comes_back = len(filled) >= TIMES_EACH * len(different)
    return "choice" if FEWEST_CHOICES <= len(different) <= MOST_SUGGESTED and comes_back else "text"


def choices_of(cells: Sequence[str]) -> list[str]:
    """The different values, in order of appearance, each as it was written first."""
    found = dict[str, str]()
    for cell in cells:
        if written := _tidy(cell):
            found.setdefault(written.lower(), written)
    return list(found.values())


def choices_in(text: str) -> list[str]:
    """What somebody typed, between commas or on lines."""
    return choices_of(re.split(r"[,;\n]", text))


def _tidy(text: str) -> str:
    return " ".join(text.replace(",", " ").split())[:LONGEST_CHOICE]


def _read(reader: Callable[[str], str], cell: str) -> str:
    try:
        return reader(cell)
    except CellProblem:
        return ""
