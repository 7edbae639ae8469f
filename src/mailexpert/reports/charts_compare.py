"""Mailings side by side over time: clicks since each began, in one chart (drawn by web.charts)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailexpert.base.clock import now
from mailexpert.core.amounts import number
from mailexpert.reports import queries, rules_compare
from mailexpert.reports.queries import Line

SIGNS = "ABCDE"
FEWEST = 2


def since_the_start(lines: Sequence[Line]) -> dict[str, Any] | None:
    """None where fewer than two of them have anything that may be told over some time."""
    at = now()
    found = [
        (sign, line, began, [(hour.at, hour.clicks) for hour in hours])
        for sign, line, hours in zip(SIGNS, lines, queries.hours(lines), strict=False)
        if (began := line.mailing.started_at) is not None and hours
    ]
    step, steps = rules_compare.step_of(at - began for _sign, _line, began, _hours in found)
    drawn = []
    for sign, line, began, hours in found:
        upto = min(steps, int((at - began) / step))
        values = rules_compare.grown(hours, began=began, sent=line.counts.sent, step=step, steps=upto)
        if len(values) >= FEWEST:
            drawn.append((sign, values))
    if len(drawn) < FEWEST:
        return None
    names = {sign: line.mailing.name for sign, line, *_rest in found}
    return {
        "says": _says(drawn, names, step),
        "steps": [_after(step, index) for index in range(max(len(values) for _sign, values in drawn))],
        "step": _("After"),
        "lines": drawn,
        "names": [names[sign] for sign, _values in drawn],
    }


def _says(drawn: Sequence[tuple[str, list[float]]], names: dict[str, str], step: timedelta) -> str:
    ends = (
        _("%(name)s %(n)s after %(time)s")
        % {"name": names[sign], "n": number(values[-1], 1), "time": _after(step, len(values) - 1)}
        for sign, values in drawn
    )
    return _("Clicks per 100 mails sent, since each mailing began: %(ends)s.") % {"ends": "; ".join(ends)}


def _after(step: timedelta, n: int) -> str:
    if step is rules_compare.DAY:
        return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
