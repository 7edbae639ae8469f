"""Two to five mailings side by side."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.core.amounts import NBSP, is_dutch, number
from mailexpert.mailings.models import Mailing
from mailexpert.reports import charts_compare, queries, rules_compare
from mailexpert.reports.rules_compare import Rate, Verdict

CHOICES = 50


@dataclass(frozen=True, kw_only=True)
class Column:
    line: queries.Line
    delivered: Rate
    clicks: Rate | None
    stopped: Rate
    complained: Rate


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rate over all mailings: sign, name, rate and its range. A rate is None where it isn't told; `words` say what
    the difference is worth."""

    label: str
    cells: list[tuple[str, str, Rate | None, str]]
    most: float
    words: str


@require_safe
@member_required
def compare(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    lines = queries.lines(chosen)
    columns = [_column(line) for line in lines]
    return render(
        request,
        "reports/compare.html",
        {
            "tab": "compare",
            "choices": list(queries.finished().select_related(None).only("name", "started_at")[:CHOICES]),
            "chosen": {mailing.id for mailing in chosen},
            "columns": columns,
            "rows": _rows(columns) if len(columns) >= rules_compare.FEWEST else [],
            "chart": charts_compare.since_the_start(lines),
            "asked": bool(request.GET.getlist("m")),
        },
    )


def _chosen(request: HttpRequest) -> list[Mailing]:
    """Those that were asked for, in that order; what isn't a mailing of this account is left out."""
    wanted = [
        int(text)
        for text in dict.fromkeys(request.GET.getlist("m"))
        if text.isascii() and text.isdecimal() and len(text) < 19
    ][: rules_compare.MOST]
    found = {mailing.id: mailing for mailing in queries.finished().filter(id__in=wanted)}
    return [found[number] for number in wanted if number in found]


def _column(line: queries.Line) -> Column:
    counts = line.counts
    return Column(
        line=line,
        delivered=rules_compare.people(counts.sent, counts.planned - counts.waiting),
        clicks=rules_compare.hits(line.sums.clicks, counts.sent)
        if line.sums and line.mailing.issue.tracking != "none"
        else None,
        stopped=rules_compare.people(line.unsubscribed, counts.sent),
        complained=rules_compare.people(line.complained, counts.sent),
    )


def _rows(columns: list[Column]) -> list[Row]:
    found: list[tuple[str, list[Rate | None]]] = [
        (_("Sent, of who had their turn"), [one.delivered for one in columns]),
        (_("Clicks, per 100 mails sent"), [one.clicks for one in columns]),
        (_("Unsubscribed, of who got it"), [one.stopped for one in columns]),
        (_("Complaints, of who got it"), [one.complained for one in columns]),
    ]
    names = [one.line.mailing.name for one in columns]
    return [
        Row(
            label=label,
            cells=[
                (sign, name, rate, _between(rate))
                for sign, name, rate in zip(charts_compare.SIGNS, names, rates, strict=False)
            ],
            most=max((rate.high for rate in rates if rate), default=1) or 1,
            words=_worth(names, rates),
        )
        for label, rates in found
    ]


def _between(rate: Rate | None) -> str:
    if rate is None or not rate.whole:
        return ""
    return _("between %(low)s and %(high)s") % {"low": _percent(rate.low), "high": _percent(rate.high)}


def _percent(share: float) -> str:
    return number(100 * share, 1) + (f"{NBSP}%" if is_dutch() else "%")


def _worth(names: list[str], rates: list[Rate | None]) -> str:
    """The highest beside the next one, in plain words."""
    known: list[tuple[Any, str]] = [
        (rate, name) for rate, name in zip(rates, names, strict=True) if rate and rate.whole
    ]
    if len(known) < rules_compare.FEWEST:
        return _("Of too few of these anything may be told to compare them.")
    (first, name), (second, after), *_rest = sorted(known, key=lambda one: -one[0].share)
    if rules_compare.against(first, second) is Verdict.HIGHER:
        return _("“%(first)s” is higher than the others; chance hardly explains that.") % {"first": name}
    lowest, last = min(known, key=lambda one: one[0].share)
    if rules_compare.against(first, lowest) is Verdict.HIGHER:
        return _("“%(first)s” is higher than “%(last)s”; its lead on “%(second)s” may be chance.") % {
            "first": name, "last": last, "second": after,
        }  # fmt: skip
    if first.share == lowest.share:
        return _("There is no difference.")
    return _("The differences may be chance.")
