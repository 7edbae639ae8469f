"""CSV as the world writes it: what kind of file it is, and its records one by one. Memory stays flat whatever
the file holds. No Django."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

LONGEST_LINE = 1_000_000  # characters; a file of one endless line would fill memory
LONGEST_OPEN = (
    32_768  # characters that a quoted value with line breaks may span, else a lost quote eats the file
)
SAMPLE = 256 * 1024
SAMPLE_ROWS = 50
CHUNK = 256 * 1024
SHOWN = 500
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "windows-1252", "utf-16-le", "utf-16-be")
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ADDRESS_LIKE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch
# What a spreadsheet takes for the beginning of a formula, with apostrophes of before; the wide signs are typed by a
# Japanese or Chinese keyboard. Read by Python and by the database.
FORMULA = "^'*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]"
is_formula = re.compile(FORMULA).match


class Record(NamedTuple):
    """`problem` is empty for a record that could be read."""

    line: int
    values: list[str]
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a file is written."""

    encoding: str
    delimiter: str
    has_header: bool


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The first records of a file; `header` is empty where it has none."""

    header: list[str]
    rows: list[list[str]]
    is_endless: bool = False  # its first line is longer than any list's

    @property
    def width(self) -> int:
        """As many as the header has, else as most rows have."""
        return len(self.header) or usual([len(row) for row in self.rows])


def detect(path: Path) -> Shape:
    encoding = detect_encoding(path)
    with open_text(path, encoding) as source:
        text = source.read(SAMPLE)
    delimiter = _delimiter(text)
    first = next((row for row in _parsed(text, delimiter) if any(row)), [])
    return Shape(encoding=encoding, delimiter=delimiter, has_header=not any(map(is_address_like, first)))


def is_address_like(text: str) -> bool:
    return ADDRESS_LIKE(text.strip()) is not None


def detect_encoding(path: Path) -> str:
    """By its mark, else UTF-8 where that is what nearly all of the file is, else windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    with path.open("rb") as source:
        start = source.read(4096)
        for mark, name in BOMS:
            if start.startswith(mark):
                return name
        if start.count(0) > len(start) // 4:
            return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        source.seek(0)
        while chunk := source.read(CHUNK):
            if chunk.isascii():
                continue
            text = decoder.decode(chunk)
            broken = sum("\udc80" <= letter <= "\udcff" for letter in text if letter > "\x7f")
            bad += broken
            good += sum(letter > "\x7f" for letter in text) - broken
            if bad > good and bad > 100:
                break
    return "utf-8" if good >= bad else "windows-1252"


def open_text(path: Path, encoding: str) -> IO[str]:
    """Bytes that the encoding doesn't know become lone surrogates, by which their row is refused."""
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    source = path.open(encoding=name, errors=errors, newline="")
    if encoding.startswith("utf-16") and source.read(1) != "\ufeff":
        source.seek(0)
    return source


def sample(path: Path, shape: Shape) -> Sample:
    rows, is_endless = [], False
    with open_text(path, shape.encoding) as source:
        for n, record in enumerate(Records(source.read, shape.delimiter)):
            is_endless |= n == 0 and record.problem == "too_long"
            if not record.problem:
                rows.append(record.values)
            if len(rows) > SAMPLE_ROWS:
                break
    return Sample(
        header=rows[0] if shape.has_header and rows else [],
        rows=rows[1 if shape.has_header else 0 :],
        is_endless=is_endless,
    )


def usual(widths: list[int]) -> int:
    return max(set(widths), key=lambda width: (widths.count(width), width), default=0)


def _delimiter(text: str) -> str:
    """The one that divides the most rows into the same number of columns."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _parsed(text, delimiter) if row]
        if not widths or max(widths) == 1:
            return 0.0, 0
        width = usual(widths)
        return (widths.count(width) / len(widths), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=score)


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    pieces = iter([text])
    records = Records(lambda _size: next(pieces, ""), delimiter)
    return [
        record.values for record, _n in zip(records, range(SAMPLE_ROWS), strict=False) if not record.problem
    ]


class _OpenQuote(Exception):
    """A quote was opened and not closed for too long."""


class _Lines:
    """Hands out lines, remembers those of the record that is being read, and can take them back."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self.number = 0
        self.held: list[str] = []
        self.too_long: set[int] = set()
        self._read = read
        self._ready: deque[str] = deque()
        self._rest = ""
        self._newline = ""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.held and sum(map(len, self.held)) > LONGEST_OPEN:
            raise _OpenQuote
        if not self._ready and not self._fill():
            raise StopIteration
        line = self._ready.popleft()
        if len(line) > LONGEST_LINE:
            self.too_long.add(self.number + 1)
            line = line[:SHOWN].replace('"', "")
        self.number += 1
        self.held.append(line)
        return line

    def take_back(self) -> None:
        """All lines of this record but the first are read again, as records of their own."""
        again = self.held[1:]
        self._ready.extendleft(reversed(again))
        self.number -= len(again)

    def _fill(self) -> bool:
        """Read until there is a whole line; of an endless one keep no more than its beginning."""
        while not self._ready:
            chunk = self._read(CHUNK)
            if not chunk:
                if self._rest:
                    self._ready.append(self._rest)
                    self._rest = ""
                return bool(self._ready)
            if not self._newline:
                self._newline = "\n" if "\n" in chunk or "\r" not in chunk else "\r"
            lines = (self._rest + chunk).split(self._newline)
            self._rest = lines.pop()[: LONGEST_LINE + 1]
            self._ready.extend([f"{line}\n" for line in lines])
        return True


class Records:
    """The records of a file with the number of the line each begins on; empty ones are left out. With a
    `width`, a record with more values is refused. After a lost quote reading goes on at the next line."""

    def __init__(self, read: Callable[[int], str], delimiter: str, width: int | None = None) -> None:
        self._lines = _Lines(read)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._width = width

    def __iter__(self) -> Iterator[Record]:
        lines, reader, width = self._lines, self._reader, self._width
        while True:
            lines.held.clear()
            start = lines.number + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except _OpenQuote:
                yield self._given_back(start, "quotes")
                continue
            except csv.Error as error:
                yield self._given_back(start, "too_long" if "field limit" in str(error) else "quotes")
                continue
            if width and len(lines.held) > 1 and len(values) != width:
                yield self._given_back(start, "quotes")
                continue
            if start in lines.too_long:
                yield Record(start, values[:1], "too_long")
            elif any(values):
                yield self._judged(start, values)

    def _judged(self, start: int, values: list[str]) -> Record:
        width = self._width
        if width is None or len(values) <= width or not any(values[width:]):
            return Record(start, values if width is None else values[:width])
        return Record(start, values, "too_many_columns")

    def _given_back(self, start: int, problem: str) -> Record:
        """The first line alone is to blame; those after it are read once more."""
        first = self._lines.held[0].rstrip("\r\n")[:SHOWN]
        self._lines.take_back()
        return Record(start, [first], problem)


def defused(text: str) -> str:
    """A value that a spreadsheet would run as a formula, made text."""
    return f"'{text}" if is_formula(text) else text


def live(text: str) -> str:
    """The value again: a file that came from here, or from a spreadsheet, has an apostrophe before such signs."""
    return text[1:] if text[:1] == "'" and is_formula(text) else text
