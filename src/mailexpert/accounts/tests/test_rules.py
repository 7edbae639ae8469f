"""Numbers, roles and names as tables."""

from itertools import islice

import pytest

from mailexpert.accounts.rules import (
    clean_kvk,
    clean_vat,
    device_name,
    is_one_line,
    may_give,
    outranks,
    slugs,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12345678", "12345678"),
        ("1234 56.78", "12345678"),
        ("1234567", None),
        ("123456789", None),
        ("1234567a", None),
    ],
)
def test_a_kvk_number_has_eight_digits(typed: str, kept: str | None) -> None:
    assert clean_kvk(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NL123456789B01", "NL123456789B01"),
        ("nl 1234.56.789 b01", "NL123456789B01"),
        ("NL123456789", None),
        ("BE0123456789", "BE0123456789"),
        ("CHE-123.456.789 MWST", "CHE123456789MWST"),
        ("QQ123456789", None),
        ("123456789B01", None),
    ],
)
def test_a_vat_number_has_the_form_of_its_country(typed: str, kept: str | None) -> None:
    assert clean_vat(typed) == kept


def test_a_role_may_do_what_the_roles_below_it_may() -> None:
    assert outranks("owner", "admin")
    assert outranks("editor", "editor")
    assert not outranks("viewer", "editor")
    assert not outranks("unknown", "viewer")


def test_nobody_gives_more_than_they_have() -> None:
    assert may_give("owner", "owner")
    assert may_give("admin", "admin")
    assert not may_give("admin", "owner")
    assert not may_give("editor", "viewer")


@pytest.mark.parametrize("text", ["Jan\nBcc: all@example.org", "Jan\r", "Jan\x00", "Jan\u2028"])
def test_a_name_with_a_line_break_is_no_name(text: str) -> None:
    assert not is_one_line(text)


def test_a_slug_is_plain_and_never_empty() -> None:
    assert list(islice(slugs("Café 't Hôtel!"), 2)) == ["cafe-t-hotel", "cafe-t-hotel-2"]
    assert next(slugs("日本")) == "account"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Gecko Chrome/120.0 Safari/537.36", ("Chrome", "Windows")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) CriOS/119 Safari/604.1", ("Chrome", "iPhone")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", ("Firefox", "Linux")),
        ("curl/8", ("", "")),
    ],
)
def test_a_device_is_called_as_a_person_would(agent: str, name: tuple[str, str]) -> None:
    assert device_name(agent) == name
