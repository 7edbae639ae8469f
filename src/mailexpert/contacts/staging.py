"""The rows of a file on their way in: read, judged, and copied to temporary tables. COPY is refused on a
table behind the wall; what comes after is done by statements (landing.py)."""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import connection

from mailexpert.contacts.rules_columns import SQL_TYPES, CellProblem, Column, Reader
from mailexpert.contacts.rules_csv import SHOWN, Record, Records, Shape, open_text
from mailexpert.privacy import rules as privacy

BATCH = 5_000
CHUNK = 256 * 1024
KEY = "email_key text GENERATED ALWAYS AS (lower(email)) STORED"  # the same lower() as the contact's own
MOST_VALUES_KEPT = 100
SPECIAL = re.compile(r"[\\\t\n\r]").search
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")

# Told after every batch: bytes and rows read so far. It raises to stop.
Report = Callable[[int, int], None]


class HoldsBsn(Exception):
    """A column holds citizen service numbers, which only those may keep whom a law allows it; its name."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file, how it is written, and what is taken from it."""

    path: Path
    shape: Shape
    width: int
    email_position: int
    columns: Sequence[Column]


@dataclass(kw_only=True)
class Batch:
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.taken) + len(self.refused)


def stage(source: Source, report: Report) -> int:
    """Read the whole file into the temporary tables `staged` and `staged_refusal`; how many rows it has. Raises
    HoldsBsn."""
    _make_tables(source.columns)
    reader = Reader(source.email_position, source.columns)
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as refused:
        rows = _copy_rows(source, reader, refused, report)
        refused.seek(0)
        with _copying("COPY staged_refusal (line, reason, detail, vals) FROM STDIN") as copy:
            while chunk := refused.read(CHUNK):
                copy.write(chunk)
    for watch in reader.watches:
        if watch.is_bsn:
            raise HoldsBsn(watch.name)
    return rows


def _copy_rows(source: Source, reader: Reader, refused: IO[str], report: Report) -> int:
    """One COPY over the whole file, so that the database takes a batch in while the next is judged. What is refused
    waits in a file: there is one COPY at a time, and it may be all of a million rows."""
    rows = 0
    names = ", ".join(["n", "email", "person", *(column.target for column in source.columns)])
    with (
        open_text(source.path, source.shape.encoding) as text,
        _copying(f"COPY staged ({names}) FROM STDIN") as copy,
    ):
        records = iter(Records(text.read, source.shape.delimiter, source.width))
        if source.shape.has_header:
            next(records, None)
        while (batch := _judged(islice(records, BATCH), reader)).rows:
            copy.write("".join(batch.taken))
            refused.writelines(batch.refused)
            rows += batch.rows
            report(text.buffer.tell(), rows)  # type: ignore[attr-defined]
    return rows


def _make_tables(columns: Sequence[Column]) -> None:
    typed = "".join(f", {column.target} {SQL_TYPES.get(column.kind, 'text')}" for column in columns)
    with connection.cursor() as cursor:
        for table, body in {
            "staged": f"n bigint, email text, {KEY}, person bytea{typed}",
            "staged_refusal": "line bigint, reason text, detail text, vals text[]",
        }.items():
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({body}) ON COMMIT DROP")


def _judged(records: Iterator[Record], reader: Reader) -> Batch:
    batch = Batch()
    for line, values, problem in records:
        if problem:
            batch.refused.append(_refusal(line, problem, "", values))
            continue
        try:
            email, key, cells = reader.read(values)
        except CellProblem as found:
            batch.refused.append(_refusal(line, found.code, found.value, values))
            continue
        fields = [_escaped(cell) if cell is not None else "\\N" for cell in cells]
        person = f"\\\\x{privacy.person(key).hex()}"
        batch.taken.append("\t".join([str(line), _escaped(email), person, *fields]) + "\n")
    return batch


def _escaped(text: str) -> str:
    return text.translate(ESCAPES) if SPECIAL(text) else text


def _refusal(line: int, reason: str, detail: str, values: Sequence[str]) -> str:
    shown = ",".join(_array_item(value) for value in values[:MOST_VALUES_KEPT])
    return f"{line}\t{reason}\t{_escaped(UNWRITABLE.sub('�', detail))}\t{_escaped('{' + shown + '}')}\n"


def _array_item(text: str) -> str:
    inside = UNWRITABLE.sub("�", text[:SHOWN]).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


@contextmanager
def _copying(statement: str) -> Iterator[Any]:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy
