"""Decisions about what people choose for themselves. No Django."""

from datetime import date, timedelta

LONGEST_PAUSE = timedelta(days=366)
OFTEN = (7, 31)  # at most one mailing in so many days


class BadDay(ValueError):
    """A pause ends on a day that is to come, within a year."""


def pause_until(pause: str, day: date | None, today: date) -> date | None:
    """The first day on which mail comes again; None is no pause. Raises BadDay."""
    if pause == "no":
        return None
    wanted = {"month": today + timedelta(days=30), "quarter": today + timedelta(days=91)}.get(pause, day)
    if wanted is None or not today < wanted <= today + LONGEST_PAUSE:
        raise BadDay(BadDay.__doc__)
    return wanted
