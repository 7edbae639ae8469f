"""The report of a mailing to take along: CSV for a spreadsheet, PDF for a meeting."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.core import paper, subjects
from mailexpert.core.amounts import number
from mailexpert.core.report_sections import Table
from mailexpert.mailings.models import Mailing
from mailexpert.reports import queries, rules_sentence, words_sentence
from mailexpert.reports.tables import tables
from mailexpert.reports.views_people import FORMULA


@require_safe
@never_cache
@member_required
def as_csv(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """One table below the other, each row beginning with the table's name: so a spreadsheet can filter."""
    report = _report(mailing_id)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    for table in tables(report):
        writer.writerow([table.title, *table.head])
        writer.writerows([table.title, *map(_cell, row)] for row in table.rows)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(report)}.csv"'
    return response


@require_safe
@never_cache
@member_required
def as_pdf(request: HttpRequest, mailing_id: int) -> HttpResponse:
    report = _report(mailing_id)
    with paper.begin(report.mailing.name) as made:
        _write(made, report)
        response = HttpResponse(bytes(made.output()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(report)}.pdf"'
    return response


def _write(made: paper.Paper, report: queries.Report) -> None:
    mailing = report.mailing
    made.write_in("strong", 18, mailing.name)
    made.write_in("sans", 10, _("Subject") + f": {subjects.shown(mailing.subject)}")
    if mailing.started_at:
        started = date_format(timezone.localtime(mailing.started_at), "j F Y, H:i")
        made.write_in("sans", 10, _("Started") + f": {started}")
    made.ln(paper.LINE / 2)
    made.write_in("sans", 11, words_sentence.say(rules_sentence.sentences(report.facts)))
    for table in tables(report, on_paper=True):
        _draw(made, table)


def _draw(made: paper.Paper, table: Table) -> None:
    columns = range(len(table.head))
    numbers = [all(not isinstance(row[index], str) for row in table.rows) for index in columns]
    made.heading(table.title)
    made.table_of(table.head, [[_written(cell) for cell in row] for row in table.rows], numbers)


def _written(cell: str | float | None) -> str:
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else number(cell, 0 if isinstance(cell, int) else 1)


def _cell(cell: str | float | None) -> str | float:
    """What a spreadsheet would run as a formula is made text; what isn't told stays empty."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _report(mailing_id: int) -> queries.Report:
    found = get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, issue__isnull=False)
    return queries.report(found)


def _file_name(report: queries.Report) -> str:
    return _("report") + f"-{report.mailing.id}"
