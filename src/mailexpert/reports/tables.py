"""A report as rows: what its CSV and its PDF hold. The same figures as the page, from the same place."""

from collections import Counter
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from mailexpert.core import report_sections
from mailexpert.core.report_sections import Table
from mailexpert.reports import queries, words
from mailexpert.reports.queries import Report
from mailexpert.reports.queries_measured import Row, measured
from mailexpert.reports.words_places import places
from mailexpert.sending.queries_pulse import Place

Cells = list[str | int | float | None]


MOST_HOURS = 72  # on paper; of more it has the days


def tables(report: Report, *, on_paper: bool = False) -> list[Table]:
    found = measured(report)
    where = places(report)
    made = [
        _sum(report),
        _why(report),
        _clicks(report),
        _links(report),
        _days(report) if on_paper and len(report.told.hours) > MOST_HOURS else _hours(report),
        _shares("devices", _("Devices"), found.devices),
        _shares("click_providers", _("Clicks by provider"), found.providers),
        _shares("countries", _("Countries"), found.countries),
        _shares("machines", _("Machines"), found.machines),
        _places("providers", _("Providers"), where.providers),
        _places("domains", _("Domains"), where.domains),
        *report_sections.tables(queries.reported(report)),
    ]
    return [table for table in made if table.rows]


def _sum(report: Report) -> Table:
    counts = report.counts
    rows: list[Cells] = [
        [_("Planned"), counts.planned],
        [_("Sent"), counts.sent],
        [_("Skipped"), counts.skipped],
        [_("Failed"), counts.failed],
        [_("Deferred"), counts.deferred],
        [_("In doubt"), counts.in_doubt],
        [_("Waiting"), counts.waiting],
    ]
    return Table(key="sum", title=_("What came of everyone"), head=["", _("People")], rows=rows)


def _why(report: Report) -> Table:
    rows: list[Cells] = [
        [group.label, row.label, row.count] for group in words.why_groups(report) for row in group.rows
    ]
    head = [_("What happened"), _("Why"), _("People")]
    return Table(key="why", title=_("Not sent: why"), head=head, rows=rows)


def _clicks(report: Report) -> Table:
    sums = report.told.sums
    rows: list[Cells] = (
        [[_("Clicks"), sums.clicks], [_("By machines, not counted"), sums.machine_clicks]] if sums else []
    )
    if sums and (sums.opens or sums.machine_opens):
        rows.append([_("Opens, an indication"), sums.opens])
    rows += [[_("Unsubscribed"), report.unsubscribed], [_("Complaints"), report.complained]]
    return Table(key="clicks", title=_("What readers did"), head=["", _("How many")], rows=rows)


def _links(report: Report) -> Table:
    rows: list[Cells] = (
        [[link.words, link.target, link.clicks, link.machine_clicks] for link in queries.links(report)]
        if report.told.sums
        else []
    )
    head = [_("Link in the mailing"), _("Page"), _("Clicks"), _("Machines")]
    return Table(key="links", title=_("Clicks per link"), head=head, rows=rows)


def _hours(report: Report) -> Table:
    rows: list[Cells] = [
        [timezone.localtime(hour.at).isoformat(timespec="minutes"), hour.clicks] for hour in report.told.hours
    ]
    return Table(key="hours", title=_("Clicks per hour"), head=[_("Hour"), _("Clicks")], rows=rows)


def _days(report: Report) -> Table:
    days: Counter[str] = Counter()
    for hour in report.told.hours:
        days[timezone.localtime(hour.at).date().isoformat()] += hour.clicks
    rows: list[Cells] = [[day, n] for day, n in days.items()]
    return Table(key="days", title=_("Clicks per day"), head=[_("Day"), _("Clicks")], rows=rows)


def _shares(key: str, title: str, rows: Iterable[Row]) -> Table:
    cells: list[Cells] = [[row.label, row.clicks, row.opens] for row in rows]
    return Table(key=key, title=title, head=[title, _("Clicks"), _("Opens")], rows=cells)


def _places(key: str, title: str, rows: Iterable[Place]) -> Table:
    cells: list[Cells] = [[row.name, row.planned, row.sent, row.failed] for row in rows]
    return Table(key=key, title=title, head=[title, _("Planned"), _("Sent"), _("Failed")], rows=cells)
