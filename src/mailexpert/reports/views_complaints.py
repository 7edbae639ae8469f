"""Who marked a mailing as spam."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.core.report_sections import SMALLEST_GROUP
from mailexpert.mailings.models import Mailing
from mailexpert.reports import queries
from mailexpert.sending import queries_complaints

PAGE = 50


@require_safe
@never_cache
@member_required
def complaints(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Of a mailing that fewer than the smallest group got it tells how many, and of none who."""
    found = get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, issue__isnull=False)
    report = queries.report(found)
    may_tell = report.counts.sent >= SMALLEST_GROUP
    after = _number(request.GET.get("after", ""))
    rows = queries_complaints.people(found.started_issue_id, after=after, limit=PAGE + 1) if may_tell else []
    context = {
        "mailing": found,
        "report": report,
        "counts": report.counts,
        "may_tell": may_tell,
        "people": rows[:PAGE],
        "is_later_page": after > 0,
        "next": rows[PAGE - 1].contact_id if len(rows) > PAGE else None,
    }
    return render(request, "reports/complaints.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
