"""What visits show, what advertising costs, and where faults came from: for staff who signed."""

import ipaddress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mailexpert.base import antivirus, clock, env
from mailexpert.content.words_fetch import not_scanned
from mailexpert.site.access import right_required, signed_required, staff_of
from mailexpert.site.forms import CostForm, TagsForm
from mailexpert.site.models import Tags
from mailexpert.tracking import queries_visits as queries
from mailexpert.tracking.actions_visits import keep_costs
from mailexpert.tracking.rules_cost import NoExport, Refused, read

RIGHT = "promote"
PERIODS = (7, 30, 90, 365)


@require_safe
@signed_required
def insights(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    now = clock.now()
    found = queries.insight(now, days)
    context = {
        "insight": found, "groups": _groups(found), "lines": _lines(found, days), "latest": queries.latest(),
        "days": days, "periods": PERIODS, "audiences": queries.audiences(now),
    }  # fmt: skip
    return render(request, "site/console/visits.html", context)


def _groups(found: queries.Insight) -> list[dict[str, Any]]:
    """`base`: what a share is a share of; `unnamed`: what an empty name means here."""
    looked = {"base": found.visits, "unnamed": _("unknown")}
    direct = {**looked, "unnamed": _("directly, or not told")}
    return [
        {"title": _("Pages"), "shares": found.pages, "stays": True, **looked},
        {"title": _("Where visitors came from"), "shares": found.sources, "stays": True, **direct},
        {"title": _("Browsers"), "shares": found.browsers, **looked},
        {"title": _("Screen sizes"), "shares": found.screens, **looked},
        {"title": _("Searched for on our site"), "shares": found.searches, **looked},
    ]


def _lines(found: queries.Insight, days: int) -> list[dict[str, Any]]:
    n = {"n": found.visits, "days": days}
    per_day = {"step": _("Day")}
    return [
        {
            "caption": _("Pages looked at per day"), "unit": _("Pages"), **per_day,
            "says": _("%(n)s pages looked at in %(days)s days.") % n,
            "rows": [(day, float(looked)) for day, looked in found.days],
        },
        {
            "caption": _("Seconds on a page, on average per day"), "unit": _("Seconds"), **per_day,
            "says": _("%(seconds)s seconds on a page, on average.") % {"seconds": found.seconds},
            "rows": [(day, float(seconds)) for day, seconds in found.stays],
        },
        {
            "caption": _("Screens narrower than 900 pixels, in per cent per day"), "unit": "%", **per_day,
            "says": _("How many of the visitors see our pages in one column."),
            "rows": list(found.narrow),
        },
    ]  # fmt: skip


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
        "hidden_behind": queries.only_address(clock.now()) if env.load().is_https else "",
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
            antivirus.scan(form.cleaned_data["file"].chunks(), env.load())
            costs, refused = read(form.text())
        except (antivirus.Infected, antivirus.ScannerDown, antivirus.ScannerMissing) as problem:
            form.add_error("file", not_scanned(problem))
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
