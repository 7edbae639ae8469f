"""Who did not get a mailing and why: a page at a time, and everybody as CSV."""

import csv
import io
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.core.scope import account, current_account
from mailexpert.mailings.models import Mailing
from mailexpert.reports import queries, words
from mailexpert.sending import queries_people as people

PAGE, ROWS = 50, 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@never_cache
@member_required
def not_sent_people(request: HttpRequest, mailing_id: int) -> HttpResponse:
    found = get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, issue__isnull=False)
    report = queries.report(found)
    groups = words.why_groups(report)
    kind = request.GET.get("what", "")
    if kind not in people.KINDS:
        kind = groups[0].key if groups else people.SKIPPED
    code, after = _number(request.GET.get("why", "")), _place(request.GET.get("after", ""))
    rows = people.people(found.started_issue_id, kind, code=code, after=after, limit=PAGE + 1)
    return render(
        request,
        "reports/people.html",
        {
            "mailing": found,
            "groups": groups,
            "kind": kind,
            "codes": _codes(report, kind),
            "code": code,
            "people": [(person, words.why(kind, person)) for person in rows[:PAGE]],
            "is_later_page": after is not None,
            "next": _written(rows[PAGE - 1].place) if len(rows) > PAGE else "",
        },
    )


@require_safe
@member_required
def not_sent_csv(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Everybody, however many: written while it is read, a page of the list at a time."""
    found = get_object_or_404(Mailing, id=mailing_id)
    rows = _lines(current_account(), found.issue_id, get_language() or "nl")
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mailing-{found.id}.csv"'
    return response  # type: ignore[return-value]


def _lines(account_id: int, issue_id: int | None, language: str) -> Iterator[str]:
    """The request is over when these are read: each page enters account and language itself."""
    with override(language):
        head = [_("E-mail address"), _("Name"), _("What happened"), _("Why"), _("When")]
    yield "\ufeff" + _csv([head])
    for kind in people.KINDS if issue_id is not None else ():
        after: people.Place | None = None
        while True:
            with account(account_id), override(language):
                page = people.people(issue_id or 0, kind, after=after, limit=ROWS)
                text = _csv(
                    [
                        one.email,
                        one.name,
                        words.kind(kind),
                        words.why(kind, one),
                        one.at.isoformat("T", "seconds"),
                    ]
                    for one in page
                )
            if not page:
                break
            yield text
            after = page[-1].place


def _csv(rows: object) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    for row in rows:  # type: ignore[attr-defined]
        writer.writerow([f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in row])
    return out.getvalue()


def _codes(report: queries.Report, kind: str) -> list[tuple[int, str, int]]:
    """The reasons to choose from, with how many each is about."""
    if kind == people.SKIPPED:
        return [(code, words.skip_words(code), n) for code, n in report.skipped.items()]
    if kind == people.FAILED:
        return [(code, f"{words.failure_words(code)} ({code})", n) for code, n in report.failed.items()]
    return []


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def _place(text: str) -> people.Place | None:
    code, _dash, contact = text.partition("-")
    if not (text.isascii() and code.isdecimal() and contact.isdecimal() and len(text) < 24):
        return None
    return people.Place(code=int(code), contact=int(contact))


def _written(place: people.Place) -> str:
    return f"{place.code}-{place.contact}"
