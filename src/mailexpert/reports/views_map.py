"""The click map: the mail with the share of each link on it, and beside it the same as a list."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.content import policies
from mailexpert.core.amounts import percent
from mailexpert.mail.personalise import RenderProblem
from mailexpert.mailings.models import Mailing
from mailexpert.reports import click_map, queries
from mailexpert.reports.click_map import Mark
from mailexpert.reports.disclosure import Detail


@require_safe
@never_cache
@member_required
def click_map_page(request: HttpRequest, mailing_id: int) -> HttpResponse:
    report = queries.report(_started(mailing_id), Detail.SUMS)
    return render(
        request,
        "reports/map.html",
        {
            "mailing": report.mailing,
            "report": report,
            "counts": report.counts,
            "links": list(enumerate(queries.links(report), 1)) if report.told.sums else [],
            "has_picture": bool(report.mailing.issue.html),
        },
    )


@require_safe
@never_cache
@member_required
def drawn(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """For the frame: an account's HTML, which runs nothing. Of a mailing that so few got there is nothing to draw."""
    report = queries.report(_started(mailing_id), Detail.SUMS)
    if report.told.sums is None:
        raise Http404
    issue = report.mailing.issue
    try:
        page = click_map.draw(issue.html, issue.language, _marks(report))
    except RenderProblem as problem:
        raise Http404 from problem
    response = HttpResponse(page)
    response["Content-Security-Policy"] = policies.MAIL.format(pictures=policies.PICTURES)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _marks(report: queries.Report) -> dict[int, Mark]:
    found = queries.links(report)
    most = max((link.clicks or 0 for link in found), default=0)
    return {
        link.number: Mark(
            text=f"{rank} · {_share(link.clicks, report.counts.sent)}",
            heat=link.clicks / most if link.clicks and most else None,
        )
        for rank, link in enumerate(found, 1)
    }


def _share(clicks: int | None, sent: int) -> str:
    return "–" if clicks is None else percent(clicks, sent)


def _started(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, issue__isnull=False)
