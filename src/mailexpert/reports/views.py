"""The report of a mailing: live while it is under way, and to the person afterwards."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.core import report_sections
from mailexpert.mailings import actions
from mailexpert.mailings.models import Mailing
from mailexpert.reports import charts, queries, rules_sentence, words, words_sentence
from mailexpert.reports.disclosure import Detail
from mailexpert.reports.queries_measured import measured
from mailexpert.reports.words_places import places

PAGE = 25


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = queries.finished()
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(id__lt=int(before)).order_by("-id")
    found = list(rows[: PAGE + 1])
    return render(
        request,
        "reports/index.html",
        {
            "tab": "mailings",
            "rows": queries.lines(found[:PAGE]),
            "older": found[PAGE - 1].id if len(found) > PAGE else None,
        },
    )


@require_safe
@member_required
def mailing(request: HttpRequest, mailing_id: int) -> HttpResponse:
    found = started(mailing_id)
    if found.issue_id is None:
        return redirect("mailings:show", found.id)
    seen = _progress(found, Detail.PAGE)
    report: queries.Report = seen["report"]
    reported = queries.reported(report)
    return render(
        request,
        "reports/mailing.html",
        {
            **seen,
            "reported": reported,
            "sections": report_sections.shown(reported),
            "links": queries.links(report),
            "most_clicks": max((link.clicks or 0 for link in report.told.links), default=0),
            "measured": measured(report),
            "places": places(report),
            "time": charts.over_time(report),
            "promise": reverse("site:promise-en" if get_language() == "en" else "site:promise-nl", args=[27]),
            "tomorrow": timezone.localdate() + timedelta(days=1),
        },
    )


@require_safe
@member_required
def progress(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """The part of the page that moves. Once the mailing is at its end the page comes anew."""
    found = started(mailing_id)
    if found.issue_id is None or not found.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "reports/parts/progress.html", {**_progress(found, Detail.SUMS), "live": True})


def started(mailing_id: int) -> Mailing:
    """With its issue, if it has one; one whose issue is done is closed first."""
    found = get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id)
    if found.has_moved_on:
        actions.follow(found.id)
        found.refresh_from_db()
    return found


def _progress(found: Mailing, detail: Detail) -> dict[str, Any]:
    report = queries.report(found, detail)
    return {
        "mailing": found,
        "report": report,
        "counts": report.counts,
        "sums": report.told.sums,
        "said": words_sentence.say(rules_sentence.sentences(report.facts)),
        "why": words.why_groups(report, report.course.next_try),
        "pace": words.pace(report),
        "reason": words.reason(report.reason),
        "lists": queries.list_names(found),
    }
