"""Numbers and moments as people write them, in the language of the page."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.core.amounts import NBSP, Number, is_dutch, number, percent, size

__all__ = ["NBSP", "Number", "is_dutch", "number", "percent", "size"]

HALF_A_YEAR = 182


def share(part: Number, whole: Number, digits: int = 1) -> str:
    """A percentage with its base: 3,1 % van 9.812."""
    return _("%(percent)s of %(whole)s") % {"percent": percent(part, whole, digits), "whole": number(whole)}


def clock(value: datetime) -> str:
    """14.10 uur in Dutch, 14:10 in English."""
    local = timezone.localtime(value)
    return date_format(local, "G.i") + f"{NBSP}uur" if is_dutch() else date_format(local, "H:i")


def day(value: date | datetime) -> str:
    """24 november 2026"""
    return date_format(_local(value), "j F Y")


def day_short(value: date | datetime) -> str:
    """24 nov 2026"""
    return _short(value, "j M Y")


def weekday(value: date | datetime) -> str:
    """dinsdag 24 november 2026"""
    return date_format(_local(value), "l j F Y")


def moment(value: datetime) -> str:
    """24 november 2026, 14.10 uur"""
    return f"{day(value)}, {clock(value)}"


def moment_long(value: datetime) -> str:
    """dinsdag 24 november 2026, 14.10 uur"""
    return f"{weekday(value)}, {clock(value)}"


def near(value: datetime, now: datetime | None = None) -> str:
    """A moment as near as it is: vandaag, 10.00 uur · do 26 nov, 9.30 uur · 3 nov 2025."""
    now = timezone.localtime(now)
    local = timezone.localtime(value)
    distance = (local.date() - now.date()).days
    words = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    if distance in words:
        return f"{words[distance]}, {clock(value)}"
    if abs(distance) >= HALF_A_YEAR:
        return day_short(value)
    return f"{_short(local, 'D j M')}, {clock(value)}"


def ago(value: datetime, now: datetime | None = None) -> str:
    """3 minuten geleden; from a day on the moment itself says more."""
    passed = timezone.localtime(now) - timezone.localtime(value)
    if passed < timedelta(minutes=1):
        return _("just now")
    minutes = int(passed.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    return near(value, now)


def span(seconds: float) -> str:
    """A length of time for a sentence: 40 seconden · 5 minuten · 3 uur."""
    if seconds < 90:
        n = max(1, round(seconds))
        return ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}
    if seconds < 90 * 60:
        n = round(seconds / 60)
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    if seconds < 36 * 3600:
        n = round(seconds / 3600)
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    n = round(seconds / 86400)
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


def _short(value: date | datetime, pattern: str) -> str:
    text = date_format(_local(value), pattern).replace(".", "")
    return text.lower() if is_dutch() else text


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value
