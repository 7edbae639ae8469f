"""Measuring on the account's own sites: the snippet, whether it works, and the rules."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.accounts.rules import outranks
from mailexpert.base import env
from mailexpert.tracking import actions_goals, queries_goals
from mailexpert.tracking.forms_goals import RulesForm
from mailexpert.tracking.models import SiteMeasuring

FIELDS = ("window_days", "utm", "utm_source", "utm_medium")


@require_safe
@never_cache
@member_required
def sites(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@require_POST
@role_required("admin")
def turn(request: HttpRequest) -> HttpResponse:
    """On makes a key for the snippet; off makes it void."""
    if request.POST.get("turn") == "off":
        actions_goals.turn_off()
        messages.success(
            request, _("Off. What your sites tell is refused from now on; what was counted stays.")
        )
    else:
        actions_goals.turn_on()
        messages.success(request, _("On. Put the snippet on your sites."))
    return redirect("tracking:sites")


@require_POST
@role_required("admin")
def rules(request: HttpRequest) -> HttpResponse:
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    actions_goals.set_rules(**form.cleaned_data)
    messages.success(request, _("Saved. It holds from now on; mailings that left keep their links."))
    return redirect("tracking:sites")


def _page(request: HttpRequest, form: RulesForm | None) -> HttpResponse:
    found = queries_goals.measuring()
    initial = {name: getattr(found, name) for name in FIELDS} if found else {}
    context = {
        "measuring": found,
        "sites": queries_goals.sites(),
        "form": form or RulesForm(initial=initial),
        "is_admin": outranks(request.membership.role, "admin"),  # type: ignore[attr-defined]
        "script": f"{env.load().track_url}/t/m.js",
        "snippet": _snippet(f"{env.load().track_url}/t/m.js", found) if found else "",
        "own_snippet": _snippet("/mailexpert.js", found) if found else "",
    }
    return render(request, "tracking/sites.html", context, status=422 if form else 200)


# What a page calls before the script has come, which waits for nothing (async), is kept until it has.
EARLY = (
    "<script>window.mailexpert = window.mailexpert || "
    "function () { (mailexpert.q = mailexpert.q || []).push(arguments) }</script>\n"
)


def _snippet(script: str, found: SiteMeasuring) -> str:
    to = f"{env.load().track_url}/t/v/{found.key}"
    return f'{EARLY}<script async src="{script}" data-to="{to}" data-days="{found.window_days}"></script>'
