"""Who is in doubt after a crash, and the order to mail them again, which only a person gives."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.accounts.rules import outranks
from mailexpert.mailings import actions, rules
from mailexpert.mailings.models import Mailing
from mailexpert.sending import queries as sending
from mailexpert.sending import queries_doubt

PAGE = 50


@require_safe
@never_cache
@member_required
def people(request: HttpRequest, mailing_id: int) -> HttpResponse:
    found = _started(mailing_id)
    after = request.GET.get("after", "")
    is_later_page = after.isascii() and after.isdecimal() and len(after) < 19
    rows = queries_doubt.doubtful(
        found.started_issue_id, after=int(after) if is_later_page else 0, limit=PAGE + 1
    )
    return render(
        request,
        "reports/doubt.html",
        {
            "mailing": found,
            "people": rows[:PAGE],
            "sum": queries_doubt.doubt_sum(found.started_issue_id),
            "total": sending.counts(found.started_issue_id).in_doubt,
            "may_order": outranks(request.membership.role, "editor"),  # type: ignore[attr-defined]
            "is_later_page": is_later_page,
            "next": rows[PAGE - 1].contact_id if len(rows) > PAGE else None,
        },
    )


@require_safe
@never_cache
@role_required("editor")
def ask(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """What the order means, before it is given."""
    found = _started(mailing_id)
    doubt = queries_doubt.doubt_sum(found.started_issue_id)
    if not doubt.now or found.state == Mailing.State.CANCELLED:
        return redirect("reports:doubt", found.id)
    return render(request, "reports/doubt_ask.html", {"mailing": found, "sum": doubt})


@require_POST
@role_required("editor")
def order(request: HttpRequest, mailing_id: int) -> HttpResponse:
    found = _started(mailing_id)
    try:
        ordered = actions.send_doubtful_again(found)
    except rules.NotNow:
        messages.error(request, _("That can't be done any more; the page shows how it stands now."))
        return redirect("reports:doubt", found.id)
    if not ordered:
        messages.error(request, _("Nobody can get another attempt now; the page says from when."))
        return redirect("reports:doubt", found.id)
    messages.success(
        request,
        ngettext("%(n)s person gets another attempt.", "%(n)s people get another attempt.", ordered)
        % {"n": number_format(ordered, 0, force_grouping=True)},
    )
    return redirect("reports:mailing", found.id)


def _started(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, issue__isnull=False)
