"""Figures for partners in the console: draw, look, take as CSV."""

import csv

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mailexpert.privacy.moment import moment
from mailexpert.site import rules_statistics as rules
from mailexpert.site import statistics
from mailexpert.site.access import right_required, signed_required, staff_of
from mailexpert.site.models import Figure

RIGHT = "promote"
WORDS = {
    "mails": gettext_lazy("Mails sent in 90 days, by kind of account"),
    "contacts": gettext_lazy("Contacts, by kind of account"),
    "accounts": gettext_lazy("Accounts, by country"),
}


@require_safe
@signed_required
def desk(request: HttpRequest) -> HttpResponse:
    quarter = rules.quarter(moment())
    rows = []
    for name, label in WORDS.items():
        found = list(Figure.objects.filter(name=name).order_by("-quarter", "cell"))
        top = max((one.value for one in found), default=0) or 1
        rows.append((name, label, [(one, f"{100 * one.value / top:.2f}%") for one in found]))
    context = {
        "rows": rows, "quarter": quarter, "spent": statistics.spent(quarter), "budget": rules.BUDGET,
        "smallest": rules.SMALLEST, "may": staff_of(request).may(RIGHT),
    }  # fmt: skip
    return render(request, "site/console/statistics.html", context)


@require_POST
@right_required(RIGHT)
def release(request: HttpRequest, name: str) -> HttpResponse:
    try:
        found = statistics.release(name, staff_of(request))
    except statistics.Unknown as problem:
        raise Http404(_("There is no such figure.")) from problem
    except statistics.OverBudget:
        messages.error(
            request, _("The privacy budget of this quarter is spent. The next quarter has a new one.")
        )
    except rules.NotInstalled:
        messages.error(request, _("OpenDP isn’t installed here, so no figure can be made."))
    else:
        if not found:
            messages.warning(request, _("No group is large enough to speak of, so nothing was published."))
    return redirect("site:statistics")


@require_safe
@signed_required
def as_csv(request: HttpRequest, name: str) -> HttpResponse:
    if name not in WORDS:
        raise Http404(_("There is no such figure."))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(["quarter", "group", "value", "accounts_at_least", "epsilon"])
    for one in Figure.objects.filter(name=name).order_by("quarter", "cell"):
        writer.writerow([one.quarter, one.cell, one.value, one.group, one.epsilon])
    return response
