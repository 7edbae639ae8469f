"""What visits show, what advertising costs, and where faults came from: for staff who signed."""

import ipaddress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mailexpert.base import clock
from mailexpert.site.access import right_required, signed_required, staff_of
from mailexpert.site.forms import CostForm, TagsForm
from mailexpert.site.models import Tags
from mailexpert.tracking import queries_visits as queries
from mailexpert.tracking.actions_visits import keep_costs
from mailexpert.tracking.rules_cost import NoExport, Refused, read

RIGHT = "promote"
DAYS = 30


@require_safe
@signed_required
def insights(request: HttpRequest) -> HttpResponse:
    found = queries.insight(clock.now(), DAYS)
    groups = [
        (_("Pages"), found.pages),
        (_("Where visitors came from"), found.sources),
        (_("Browsers"), found.browsers),
        (_("Screen sizes"), found.screens),
        (_("Searched for on our site"), found.searches),
    ]
    line = {
        "caption": _("Pages looked at per day"),
        "says": _("%(n)s pages looked at in %(days)s days.") % {"n": found.visits, "days": DAYS},
        "rows": [(day, float(n)) for day, n in found.days],
        "step": _("Day"),
        "unit": _("Pages"),
    }
    context = {"insight": found, "groups": groups, "line": line, "latest": queries.latest(), "days": DAYS}
    return render(request, "site/console/visits.html", context)


@require_safe
@signed_required
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Requests and errors by address, as long as the web log is kept."""
    asked = request.GET.get("ip", "").strip()
    is_address = _is_address(asked)
    rows = queries.requests_of(asked if is_address else "", errors=not is_address)
    context = {
        "asked": asked,
        "is_wrong": bool(asked) and not is_address,
        "rows": rows,
        "sources": queries.error_sources(clock.now()),
    }
    return render(request, "site/console/diagnosis.html", context)


@signed_required
def advertising(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _import(request)
    return _advertising(request, CostForm(), [])


def _advertising(request: HttpRequest, form: CostForm, refused: list[Refused]) -> HttpResponse:
    tags = Tags.objects.first() or Tags()
    context = {
        "form": form,
        "refused": refused,
        "lines": queries.campaigns(),
        "tags": TagsForm(initial={"google": tags.google, "microsoft": tags.microsoft}),
        "may": staff_of(request).may(RIGHT),
    }
    return render(request, "site/console/advertising.html", context)


@right_required(RIGHT)
def _import(request: HttpRequest) -> HttpResponse:
    form = CostForm(request.POST, request.FILES)
    refused: list[Refused] = []
    if form.is_valid():
        try:
            costs, refused = read(form.text())
        except NoExport:
            form.add_error(
                "file", _("This is no export that we know: no line names day, campaign, clicks and cost.")
            )
        else:
            kept = keep_costs(form.cleaned_data["source"], costs)
            said = ngettext("%(n)s line was taken in.", "%(n)s lines were taken in.", kept)
            messages.success(request, said % {"n": kept})
    return _advertising(request, form, refused)


@require_POST
@right_required(RIGHT)
def tags(request: HttpRequest) -> HttpResponse:
    form = TagsForm(request.POST)
    if form.is_valid():
        chosen: dict[str, Any] = form.cleaned_data
        Tags.objects.update_or_create(id=1, defaults=chosen)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("A tag of Google begins with G-, one of Microsoft has figures only."))
    return redirect("site:advertising")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
