"""By when a request is answered: months of the calendar, weekends, Dutch holidays."""

from datetime import date, timedelta

import pytest

from mailexpert.privacy.rules_rights import due, easter_sunday, extended_due, holidays, reminder, working_day


@pytest.mark.parametrize(
    ("received", "by"),
    [
        (date(2025, 1, 31), date(2025, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2026, 11, 25), date(2026, 12, 28)),  # Christmas, then a weekend
        (date(2026, 3, 3), date(2026, 4, 7)),  # Good Friday, the weekend and Easter Monday
        (date(2026, 4, 14), date(2026, 5, 15)),  # Ascension Day
        (date(2027, 4, 26), date(2027, 5, 26)),
        (date(2026, 12, 1), date(2027, 1, 4)),
        (date(2026, 8, 31), date(2026, 9, 30)),
    ],
)
def test_a_month_ends_on_a_working_day(received: date, by: date) -> None:
    assert due(received) == by


def test_an_extension_counts_from_the_day_it_came_in() -> None:
    assert extended_due(date(2026, 1, 31)) == date(2026, 4, 30)
    assert extended_due(date(2026, 11, 30)) == date(2027, 3, 1)  # 28 February 2027 is a Sunday


def test_holidays_are_the_dutch_ones() -> None:
    assert [easter_sunday(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25),
    ]  # fmt: skip
    assert date(2025, 4, 26) in set(holidays(2025))  # the King's birthday falls on a Sunday
    day = date(2024, 1, 1)
    while day.year < 2034:
        found = working_day(day)
        assert day <= found <= day + timedelta(days=6)
        assert found.weekday() < 5
        day += timedelta(days=1)


def test_what_waits_is_told_after_7_14_and_21_days_and_when_it_is_late() -> None:
    received = date(2026, 11, 2)
    told = [
        reminder(received, due(received), received + timedelta(days=n)) for n in (0, 6, 7, 13, 14, 21, 30, 31)
    ]
    assert told == ["", "", "7", "7", "14", "21", "21", "overdue"]
