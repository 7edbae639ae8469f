"""Files as the world writes them."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from mailexpert.contacts.rules_csv import (
    LONGEST_LINE,
    LONGEST_OPEN,
    Record,
    Records,
    defused,
    detect,
    detect_encoding,
    live,
    open_text,
    sample,
)

Write = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(data: bytes) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes(data)
        return path

    return written


def read(text: str, delimiter: str = ",", width: int | None = None) -> list[Record]:
    pieces = iter([text])
    return list(Records(lambda _size: next(pieces, ""), delimiter, width))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("email\nrené@voorbeeld.nl".encode(), "utf-8"),
        ("email\nrené@voorbeeld.nl".encode("utf-8-sig"), "utf-8"),
        ("email\nrené@voorbeeld.nl".encode("windows-1252"), "windows-1252"),
        ("email\nrené@voorbeeld.nl".encode("utf-16"), "utf-16-le"),
        ("email\nrené@voorbeeld.nl".encode("utf-16-be"), "utf-16-be"),
        (b"email\n" + b"a@b.nl\n" * 200_000 + "é,€\n".encode(), "utf-8"),
        ("ééé\n".encode() * 50 + b"\xe9 broken\n", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_an_encoding_is_recognised(write: Write, data: bytes, encoding: str) -> None:
    assert detect_encoding(write(data)) == encoding


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_the_first_name_of_a_column_never_holds_the_mark_of_the_encoding(write: Write, encoding: str) -> None:
    path = write("email,naam\nrené@b.nl,René\n".encode(encoding))
    found = sample(path, detect(path))
    assert found.header == ["email", "naam"]
    assert found.rows == [["rené@b.nl", "René"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_recognised_also_where_others_stand_in_the_text(write: Write, delimiter: str) -> None:
    rows = [["email", "note, long; or | short"], ["a@b.nl", "1,5"], ["c@d.nl", "x"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert detect(write(text.encode())).delimiter == delimiter


def test_a_file_of_addresses_alone_has_no_header(write: Write) -> None:
    shape = detect(write(b"a@b.nl\nc@d.nl\n"))
    assert shape.has_header is False


def test_a_quoted_value_may_hold_line_breaks_and_its_line_is_the_first_one() -> None:
    found = read('email,note\na@b.nl,"one\r\ntwo"\nc@d.nl,x\n')
    assert found[1:] == [Record(2, ["a@b.nl", "one\r\ntwo"]), Record(4, ["c@d.nl", "x"])]


def test_a_lost_quote_costs_one_row_and_not_the_rest_of_the_file() -> None:
    found = read('email,note\na@b.nl,"lost\nc@d.nl,x\ne@f.nl,y\n', width=2)
    assert [(record.line, record.problem) for record in found] == [(1, ""), (2, "quotes"), (3, ""), (4, "")]
    assert found[1].values == ['a@b.nl,"lost']


def test_two_lost_quotes_cost_two_rows() -> None:
    found = read('e,n\na@b.nl,"lost\nc@d.nl,x\ne@f.nl,"lost too\ng@h.nl,y\n', width=2)
    assert [record.line for record in found if not record.problem] == [1, 3, 5]


def test_a_lost_quote_in_a_large_file_is_found_without_reading_it_all() -> None:
    text = 'e,n\na@b.nl,"lost\n' + "c@d.nl,x\n" * LONGEST_OPEN
    found = read(text, width=2)
    assert len(found) == LONGEST_OPEN + 2
    assert [record.line for record in found if record.problem] == [2]


def test_a_lost_quote_in_the_last_line_is_refused() -> None:
    assert read('e,n\na@b.nl,"lost', width=2)[1] == Record(2, ['a@b.nl,"lost'], "quotes")


def test_a_quote_within_a_quoted_value_is_refused_rather_than_guessed() -> None:
    found = read('e,n\na@b.nl,"Jan "de Rooie" Smit"\nc@d.nl,"O""Hara"\n', width=2)
    assert [(record.line, record.problem) for record in found] == [(1, ""), (2, "quotes"), (3, "")]
    assert found[2].values == ["c@d.nl", 'O"Hara']


def test_more_values_than_columns_are_refused_unless_they_are_empty() -> None:
    found = read("a@b.nl,x,y\na@b.nl,x,,\n", width=2)
    assert found == [Record(1, ["a@b.nl", "x", "y"], "too_many_columns"), Record(2, ["a@b.nl", "x"])]


def test_empty_lines_are_no_records() -> None:
    assert [record.line for record in read("a@b.nl\n\n \t\n,,\nc@d.nl\n", width=3)] == [1, 3, 5]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_ending_is_read(ending: str) -> None:
    assert [r.values for r in read(ending.join(["a,b", "c,d", ""]))] == [["a", "b"], ["c", "d"]]


def test_an_endless_line_is_refused_in_little_memory_and_the_rows_around_it_are_read() -> None:
    million = "x" * 1_000_000
    pieces = iter(["e,n\na@b.nl,x\n", *[million] * 100, '"\nc@d.nl,y\n'])
    tracemalloc.start()
    found = list(Records(lambda _size: next(pieces, ""), ",", 2))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(record.line, record.problem) for record in found] == [(1, ""), (2, ""), (3, "too_long"), (4, "")]
    assert peak < 12 * LONGEST_LINE


def test_a_value_larger_than_a_reader_takes_is_refused() -> None:
    found = read(f"e,n\na@b.nl,{'x' * 200_000}\nc@d.nl,y\n", width=2)
    assert [(record.line, record.problem) for record in found] == [(1, ""), (2, "too_long"), (3, "")]


def test_bytes_that_the_encoding_does_not_know_reach_the_row_that_holds_them(write: Write) -> None:
    path = write("naam\né\n".encode() + b"\xff\n")
    with open_text(path, "utf-8") as source:
        values = [record.values[0] for record in Records(source.read, ",")]
    assert values == ["naam", "é", "\udcff"]


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "'=1", "''-"]
)
def test_a_formula_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert live(defused(text)) == text
    assert {defused("Anna"), defused("'t Hooft")} == {"Anna", "'t Hooft"}
