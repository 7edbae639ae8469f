from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from mailexpert.web import notation

NOON = datetime(2026, 11, 24, 13, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "digits", "dutch", "english"),
    [
        (4812, 0, "4.812", "4,812"),
        (0, 0, "0", "0"),
        (-211, 0, "-211", "-211"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (7, 1, "7,0", "7.0"),
        (-0.0004, 2, "0,00", "0.00"),
        (9007199254740993, 0, "9.007.199.254.740.993", "9,007,199,254,740,993"),
    ],
)
def test_a_number_is_written_in_the_language_of_the_page(
    value: float, digits: int, dutch: str, english: str
) -> None:
    with translation.override("nl"):
        assert notation.number(value, digits) == dutch
    with translation.override("en"):
        assert notation.number(value, digits) == english


@pytest.mark.parametrize(
    ("part", "whole", "dutch"),
    [
        (304, 9812, "3,1\u00a0%"),
        (1, 100_000, "0,1\u00a0%"),
        (99_999, 100_000, "99,9\u00a0%"),
        (5, 5, "100,0\u00a0%"),
        (0, 5, "0,0\u00a0%"),
        (0, 0, "0,0\u00a0%"),
    ],
)
def test_a_percentage_never_rounds_someone_away(part: int, whole: int, dutch: str) -> None:
    with translation.override("nl"):
        assert notation.percent(part, whole) == dutch


def test_a_percentage_comes_with_its_base() -> None:
    with translation.override("nl"):
        assert notation.share(304, 9812) == "3,1\u00a0% van 9.812"
    with translation.override("en"):
        assert notation.share(304, 9812) == "3.1% of 9,812"


def test_a_moment_is_local_and_full() -> None:
    with translation.override("nl"):
        assert notation.moment(NOON) == "24 november 2026, 14.10\u00a0uur"
        assert notation.moment_long(NOON) == "dinsdag 24 november 2026, 14.10\u00a0uur"
        assert notation.day_short(date(2026, 11, 22)) == "22 nov 2026"
    with translation.override("en"):
        assert notation.moment(NOON) == "24 November 2026, 14:10"


@pytest.mark.parametrize(
    ("later", "dutch"),
    [
        (timedelta(hours=-1), "vandaag, 13.10\u00a0uur"),
        (timedelta(days=-1), "gisteren, 14.10\u00a0uur"),
        (timedelta(days=1), "morgen, 14.10\u00a0uur"),
        (timedelta(days=2), "do 26 nov, 14.10\u00a0uur"),
        (timedelta(days=-400), "20 okt 2025"),
    ],
)
def test_a_moment_nearby_is_said_as_people_say_it(later: timedelta, dutch: str) -> None:
    with translation.override("nl"):
        assert notation.near(NOON + later, NOON) == dutch


@pytest.mark.parametrize(
    ("passed", "dutch"),
    [
        (timedelta(seconds=5), "zojuist"),
        (timedelta(minutes=1), "1 minuut geleden"),
        (timedelta(minutes=59), "59 minuten geleden"),
        (timedelta(hours=3), "3 uur geleden"),
        (timedelta(days=1), "gisteren, 14.10\u00a0uur"),
    ],
)
def test_how_long_ago_something_was(passed: timedelta, dutch: str) -> None:
    with translation.override("nl"):
        assert notation.ago(NOON - passed, NOON) == dutch


@pytest.mark.parametrize(
    ("octets", "dutch"),
    [(1, "1 byte"), (999, "999 bytes"), (46_000, "46\u00a0kB"), (1_500_000, "1,5\u00a0MB")],
)
def test_a_size_is_rounded_to_what_matters(octets: int, dutch: str) -> None:
    with translation.override("nl"):
        assert notation.size(octets) == dutch
