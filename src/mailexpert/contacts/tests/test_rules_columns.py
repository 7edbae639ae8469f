"""Columns of a file and what their cells become."""

import pytest

from mailexpert.contacts import rules_columns as rules
from mailexpert.contacts.rules_columns import CellProblem, Column, Reader

NAME = Column(position=1, name="first_name", target="first_name", kind="name")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-mail", "email"),
        ("e-mailadres", "email"),
        ("Email Address", "email"),
        ("Voornaam", "first_name"),
        ("Last Name", "last_name"),
        ("taal", "language"),
        ("Tijdzone", "time_zone"),
        ("Woonplaats", "city"),
        ("plaats op aarde", ""),
    ],
)
def test_a_column_named_like_a_field_is_taken(header: str, field: str) -> None:
    assert rules.known_field(header, {"woonplaats": "city"}) == field


def test_of_two_columns_with_one_name_the_first_is_taken() -> None:
    assert rules.guess(["email", "Email", "naam"], [], {}, 3) == ["email", "", "first_name"]


def test_without_a_header_the_column_that_holds_addresses_is_the_address() -> None:
    assert rules.guess([], [["Anna", "a@b.nl"], ["Bart", "b@c.nl"]], {}, 2) == ["", "email"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("E-mailadres (privé)", "e_mailadres_prive"),
        ("2e naam", "field_2e_naam"),
        ("***", ""),
        ("x" * 90, "x" * 40),
    ],
)
def test_a_header_becomes_a_name_that_a_template_can_write(header: str, name: str) -> None:
    assert rules.field_name(header) == name


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1.234,50", "1234.50"),
        ("number", "1,234.50", "1234.50"),
        ("number", "1.234.567", "1234567"),
        ("number", "-3", "-3"),
        ("number", "2,5", "2.5"),
        ("date", "2026-11-24", "2026-11-24"),
        ("date", "24-11-2026", "2026-11-24"),
        ("date", "1/2/2026", "2026-02-01"),
        ("boolean", "Ja", "t"),
        ("boolean", "0", "f"),
        ("name", "  Anna \n Maria ", "Anna Maria"),
        ("language", "nl_NL", "nl"),
        ("language", "Nederlands", "nl"),
        ("time_zone", "america/new york", "America/New_York"),
        ("time_zone", "Europe/Amsterdam", "Europe/Amsterdam"),
        ("text", "=1+1", "=1+1"),
    ],
)
def test_a_cell_becomes_what_its_field_holds(kind: str, text: str, value: str) -> None:
    assert rules.value(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("number", "veel", "number"),
        ("number", "1e999", "number"),
        ("number", "9" * 60, "number"),
        ("date", "31-02-2026", "date"),
        ("date", "gisteren", "date"),
        ("boolean", "misschien", "boolean"),
        ("name", "x" * 201, "value_too_long"),
        ("text", "x" * 2001, "value_too_long"),
        ("language", "het Nederlands", "language"),
        ("time_zone", "Mars/Phobos", "time_zone"),
        ("time_zone", "CET", "time_zone"),
    ],
)
def test_a_cell_that_holds_something_else_is_refused(kind: str, text: str, code: str) -> None:
    with pytest.raises(CellProblem) as problem:
        rules.value(kind, text)
    assert problem.value.code == code


def test_a_record_gives_address_key_and_values() -> None:
    assert Reader(0, [NAME]).read([" Anna@Café.example ", ""]) == (
        "Anna@xn--caf-dma.example",
        "anna@xn--caf-dma.example",
        [None],
    )


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["", "Anna"], "no_address"),
        (["jan@@voorbeeld.nl", "Jan"], "address"),
        (["a@b.nl", "An\x00na"], "unreadable"),
        (["a@b.nl", "An\udcffna"], "unreadable"),
        (["a@b.nl\r\nBcc: x@y.nl", "Anna"], "address"),
        ([], "no_address"),
    ],
)
def test_a_record_without_a_usable_address_is_refused(values: list[str], code: str) -> None:
    with pytest.raises(CellProblem) as problem:
        Reader(0, [NAME]).read(values)
    assert problem.value.code == code
