"""The report of a mailing: live while it is under way, and to the person afterwards."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.core import report_sections
from mailexpert.mailings import actions
from mailexpert.mailings import queries as mailings
from mailexpert.mailings.models import Mailing
from mailexpert.reports import queries, words
from mailexpert.reports.queries_measured import measured
from mailexpert.sending import queries as sending

PAGE = 50
MOST_ROWS = 200_000
FORMULA = ("=", "+", "-", "@", "\t")


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = queries.finished()
    if before.isdecimal():
        rows = rows.filter(id__lt=int(before)).order_by("-id")
    found = list(rows[: PAGE + 1])
    return render(
        request,
        "reports/index.html",
        {
            "rows": [queries.report(mailing) for mailing in found[:PAGE]],
            "older": found[PAGE - 1].id if len(found) > PAGE else None,
        },
    )


@require_safe
@member_required
def mailing(request: HttpRequest, mailing_id: int) -> HttpResponse:
    found = _started(mailing_id)
    if found.issue_id is None:
        return redirect("mailings:show", found.id)
    seen = _progress(found)
    reported = queries.reported(seen["report"])
    return render(
        request,
        "reports/mailing.html",
        {
            **seen,
            "reported": reported,
            "sections": report_sections.shown(reported),
            "links": queries.links(found),
            "measured": measured(found, sent=reported.sent),
            "chart": words.per_minute(found),
            "tomorrow": timezone.localdate() + timedelta(days=1),
        },
    )


@require_safe
@member_required
def progress(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """The part of the page that moves. Once the mailing is at its end the page comes anew."""
    found = _started(mailing_id)
    if found.issue_id is None or not found.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "reports/parts/progress.html", {**_progress(found), "live": True})


@require_safe
@member_required
def not_sent(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Everybody who did not get it, with the reason, as CSV."""
    found = _started(mailing_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mailing-{found.id}.csv"'
    response.write("\ufeff")
    out = csv.writer(response, delimiter=";")
    out.writerow([_("E-mail address"), _("What happened"), _("Why"), _("When")])
    if found.issue_id:
        out.writerows(_rows(found))
    return response


def _rows(found: Mailing) -> Iterator[list[str]]:
    for person in sending.not_sent(found.started_issue_id, limit=MOST_ROWS):
        email = "'" + person.email if person.email.startswith(FORMULA) else person.email
        yield [
            email,
            words.outcome(person.outcome),
            words.why(person),
            person.at.isoformat(timespec="seconds"),
        ]


def _started(mailing_id: int) -> Mailing:
    found = get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id)
    if found.has_moved_on:
        actions.follow(found.id)
        found.refresh_from_db()
    return found


def _progress(found: Mailing) -> dict[str, Any]:
    report = queries.report(found)
    return {
        "mailing": found,
        "report": report,
        "counts": report.counts,
        "why": words.why_groups(report),
        "reason": words.reason(report.reason),
        "lists": [name for value, name in mailings.list_choices() if value in found.list_ids()],
    }
