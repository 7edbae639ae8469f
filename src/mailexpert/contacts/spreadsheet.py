"""A spreadsheet (XLSX) becomes a CSV file on its way in, so that one reader serves both. What is hidden in a zip is
weighed before it is unpacked."""

import csv
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine

MAGIC = b"PK\x03\x04"
# A workbook of a million rows and ten columns unpacks to some 400 MB. A zip bomb says far more.
LARGEST_UNPACKED = 600_000_000
MOST_PARTS = 2_000
MOST_CELLS = 60_000_000


class NotASpreadsheet(Exception):
    """It is a zip file, but no workbook that can be read."""


class TooMuchInside(Exception):
    """Unpacked it is larger than any list of contacts."""


def is_spreadsheet(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(4) == MAGIC


def to_csv(path: Path) -> None:
    """Replace a workbook by its first sheet that holds anything, as CSV. Raises NotASpreadsheet, TooMuchInside."""
    _weigh(path)
    try:
        with path.open("rb") as source:
            book = python_calamine.CalamineWorkbook.from_filelike(source)
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (python_calamine.CalamineError, OSError, ValueError) as problem:
        raise NotASpreadsheet(NotASpreadsheet.__doc__) from problem
    filled = [sheet for sheet in sheets if sheet.height]
    if not filled:
        path.write_bytes(b"")
        return
    if filled[0].height * max(filled[0].width, 1) > MOST_CELLS:
        raise TooMuchInside(TooMuchInside.__doc__)
    beside = path.with_suffix(".unpacked")
    with beside.open("w", encoding="utf-8", newline="") as target:
        beside.chmod(0o600)
        writer = csv.writer(target)
        writer.writerows(_written(row) for row in filled[0].iter_rows())
    beside.replace(path)


def _weigh(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as problem:
        raise NotASpreadsheet(NotASpreadsheet.__doc__) from problem
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise TooMuchInside(TooMuchInside.__doc__)
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise NotASpreadsheet(NotASpreadsheet.__doc__)


def _written(row: Iterable[Any]) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: Any) -> str:
    """As a person would type it: whole numbers without a point, days without a time."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n") if value is not None else ""
