"""By when a request must be answered (article 12, paragraph 3 GDPR), by the calendar rules of Regulation 1182/71: a
month ends on the same date, or on the month's last day; what ends on a weekend or a holiday ends on the next working
day. No Django."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

ANSWER_MONTHS, EXTENDED_MONTHS = 1, 3
REMIND_AFTER = (7, 14, 21)  # days since it came in
SOON = timedelta(days=7)


def due(received: date) -> date:
    return working_day(add_months(received, ANSWER_MONTHS))


def extended_due(received: date) -> date:
    """Two months more, for what is complex; the person is told within the first month."""
    return working_day(add_months(received, EXTENDED_MONTHS))


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_day(day: date) -> date:
    """This day, or the first after it that is no Saturday, Sunday or Dutch holiday."""
    while day.weekday() > 4 or day in set(holidays(day.year)):
        day += timedelta(days=1)
    return day


def holidays(year: int) -> Iterator[date]:
    """Those of the Dutch Algemene termijnenwet, article 3."""
    easter = easter_sunday(year)
    kings_day = date(year, 4, 27)
    yield from (date(year, 1, 1), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26))
    yield kings_day if kings_day.weekday() != 6 else date(year, 4, 26)
    yield from (easter + timedelta(days=days) for days in (-2, 1, 39, 50))


def easter_sunday(year: int) -> date:
    """The Gregorian computus of Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def reminder(received: date, due_on: date, today: date) -> str:
    """What to remind of today, as a key that makes it once: overdue, or 7, 14 or 21 days; empty for nothing."""
    if today > due_on:
        return "overdue"
    passed = [days for days in REMIND_AFTER if today >= received + timedelta(days=days)]
    return str(passed[-1]) if passed else ""
