"""The lines of a report over time: what was sent, what was clicked, who left (drawn by web.charts)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mailexpert.base.clock import now
from mailexpert.core.amounts import number
from mailexpert.reports import rules_time
from mailexpert.reports.queries import Report
from mailexpert.reports.rules_time import Series, Step

FEWEST = 3
SENT_HEIGHT, BELOW_HEIGHT = 184, 96


def over_time(report: Report) -> dict[str, Any]:
    """`sent`, `clicks` and `stops` as lines, None where there is too little to draw; `heading` and `span` in words."""
    sent = _sent(report)
    (clicks, has_fives), stops = _clicks(report), dict(report.course.stops)
    last = max((*clicks, *stops), default=None)  # both on one time axis
    return {
        "heading": _heading(sent.step if sent else Step.MINUTE),
        "span": _span(sent) if sent else "",
        "sent": _sent_line(report, sent) if sent else None,
        "clicks": _after(report, clicks, _clicks_line, has_fives=has_fives, upto=last),
        "stops": _after(report, stops, _stops_line, has_fives=has_fives, upto=last),
    }


def _sent(report: Report) -> Series | None:
    zone = timezone.get_current_timezone()
    minutes = {minute.at.astimezone(zone): minute.sent for minute in report.course.minutes}
    if report.is_under_way and minutes:
        minutes.pop(max(minutes))  # the minute that isn't over would look like a fall
    if len(minutes) < FEWEST:
        return None
    first, last = min(minutes), max(minutes)
    return rules_time.series(minutes, rules_time.step_for(last - first), first=first, last=last)


def _sent_line(report: Report, sent: Series) -> dict[str, Any]:
    per = sent.width / sent.step.value
    values = [n / per for n in sent.values]
    ahead = (
        rules_time.expected(sent.values, report.counts.waiting) if report.mailing.state == "sending" else []
    )
    labels = _labels(sent, len(values) + len(ahead))
    rows: list[tuple[str, float | None]] = list(zip(labels, [*values, *[None] * len(ahead)], strict=True))
    return {
        "says": _sent_says(sent, values, labels, ahead),
        "rows": rows,
        "step": _step_word(sent.step),
        "unit": _("sent"),
        "of": _("sent"),
        "tone": "green",
        "height": SENT_HEIGHT,
        "expected": [n / per for n in ahead],
        "event": _event(report, sent),
    }


def _event(report: Report, sent: Series) -> tuple[int, str] | None:
    """Where it dipped, and why as far as the ledger knows."""
    index = rules_time.dip(sent.values)
    if index is None:
        return None
    begin, end = sent.at(index), sent.at(index + 1)
    fell = [minute for minute in report.course.minutes if begin <= minute.at < end]
    at = _label(begin, sent.step)
    if any(minute.unanswered for minute in fell):
        return index, _("%(at)s connection broke") % {"at": at}
    if sum(minute.failed for minute in fell) > sum(minute.sent for minute in fell):
        return index, _("%(at)s many refused") % {"at": at}
    return index, _("%(at)s slower for a while") % {"at": at}


def _sent_says(sent: Series, values: list[float], labels: list[str], ahead: list[float]) -> str:
    says = _("Sent, from %(first)s to %(last)s: at most %(most)s and at least %(least)s %(per)s.") % {
        "first": labels[0],
        "last": labels[len(values) - 1],
        "most": number(round(max(values))),
        "least": number(round(min(values))),
        "per": _per(sent.step),
    }
    end = _("Expected to end at %(at)s.") % {"at": labels[-1]}
    return f"{says} {end}" if ahead else says


def _clicks(report: Report) -> tuple[dict[datetime, int], bool]:
    """By the five minutes where all that is told is known so, else by the hour."""
    told = report.told
    parts, hours = ({one.at: one.clicks for one in some} for some in (told.parts, told.hours))
    has_fives = sum(parts.values()) == sum(hours.values())
    return (parts if has_fives else hours), has_fives


def _after(
    report: Report,
    found: Mapping[datetime, int],
    line: Callable[[Series, list[str]], dict[str, Any]],
    *,
    has_fives: bool,
    upto: datetime | None,
) -> dict[str, Any] | None:
    """What readers did since it began: by the five minutes for half a day, by the hour for three, then by the day."""
    zone = timezone.get_current_timezone()
    local = {at.astimezone(zone): n for at, n in found.items()}
    started = report.mailing.started_at
    if not local or started is None or upto is None:
        return None
    first, last = min(timezone.localtime(started), min(local)), timezone.localtime(upto)
    step = rules_time.step_after(last - first, has_fives=has_fives)
    if step is Step.FIVE and last + step.value > now():
        last -= step.value  # the five minutes that aren't over would look like a fall
        local = {at: n for at, n in local.items() if at <= last}
    series = rules_time.series(local, step, first=first, last=last)
    if len(series.values) < FEWEST or not sum(series.values):
        return None
    return line(series, _labels(series, len(series.values)))


def _clicks_line(clicks: Series, labels: list[str]) -> dict[str, Any]:
    says = _(
        "Clicks %(per)s, added up over all readers, from %(first)s to %(last)s: %(sum)s, at most %(most)s."
    )
    return _below(clicks, labels, caption=_("Clicks %(per)s"), says=says, unit=_("clicks"), tone="teal")


def _stops_line(stops: Series, labels: list[str]) -> dict[str, Any]:
    says = _("Unsubscribed %(per)s, from %(first)s to %(last)s: %(sum)s, at most %(most)s.")
    return _below(
        stops, labels, caption=_("Unsubscribed %(per)s"), says=says, unit=_("unsubscribed"), tone=""
    )


def _below(
    found: Series, labels: list[str], *, caption: str, says: str, unit: str, tone: str
) -> dict[str, Any]:
    numbers = {
        "per": _per(found.step, found.each), "first": labels[0], "last": labels[-1],
        "sum": number(sum(found.values)), "most": number(max(found.values)),
    }  # fmt: skip
    return {
        "caption": caption % numbers,
        "says": says % numbers,
        "rows": list(zip(labels, found.values, strict=True)),
        "step": _step_word(found.step),
        "unit": unit,
        "of": unit,
        "tone": tone,
        "height": BELOW_HEIGHT,
    }


def _labels(found: Series, count: int) -> list[str]:
    is_one_day = found.at(count - 1) - found.first < timedelta(hours=20)
    return [_label(found.at(index), found.step, is_one_day=is_one_day) for index in range(count)]


def _label(at: datetime, step: Step, *, is_one_day: bool = True) -> str:
    """14.10 in Dutch, 14:10 in English, with its day before it where there are more; 24 nov for a day."""
    language = get_language() or "nl"
    clock = f"{at.hour}.{at.minute:02}" if language.startswith("nl") else f"{at:%H:%M}"
    if is_one_day and step is not Step.DAY:
        return clock
    day = f"{at.day} {_month(at.month, language)}"
    return day if step is Step.DAY else f"{day} {clock}"


@lru_cache
def _month(number: int, _language: str) -> str:
    return str(MONTHS_3[number]).replace(".", "").lower()


def _span(found: Series) -> str:
    first, last = found.first, found.at(len(found.values) - 1)
    is_one_day = last - first < timedelta(hours=20)
    return _("%(first)s to %(last)s") % {
        "first": _label(first, found.step, is_one_day=is_one_day),
        "last": _label(last, found.step, is_one_day=is_one_day),
    }


def _heading(step: Step) -> str:
    return {
        Step.MINUTE: _("Per minute"), Step.FIVE: _("Per five minutes"), Step.HOUR: _("Per hour"),
        Step.DAY: _("Per day"),
    }[step]  # fmt: skip


def _per(step: Step, each: int = 1) -> str:
    if step is Step.FIVE:
        return _("per %(n)s minutes") % {"n": 5 * each}
    if each > 1:
        return _("per %(n)s days") % {"n": each} if step is Step.DAY else _("per %(n)s hours") % {"n": each}
    return {Step.MINUTE: _("per minute"), Step.HOUR: _("per hour"), Step.DAY: _("per day")}[step]


def _step_word(step: Step) -> str:
    if step is Step.FIVE:
        return _("From")
    return {Step.MINUTE: _("Minute"), Step.HOUR: _("Hour"), Step.DAY: _("Day")}[step]
