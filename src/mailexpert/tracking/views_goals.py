"""Goals: what an account wants to happen on its sites, and what happened."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.accounts.rules import outranks
from mailexpert.base import clock
from mailexpert.tracking import actions_goals, queries_goals
from mailexpert.tracking.forms_goals import GoalForm
from mailexpert.tracking.models import Goal

PERIODS = (7, 30, 90, 365)


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    return render(request, "tracking/goals.html", _page(request, days, None))


@require_safe
@member_required
def goal(request: HttpRequest, goal_id: int) -> HttpResponse:
    """One goal: over time, by mailing and by campaign."""
    found = get_object_or_404(Goal, id=goal_id)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    return render(request, "tracking/goal.html", {**_page(request, days, found), "goal": found})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required("editor")
def make(request: HttpRequest) -> HttpResponse:
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions_goals.make_goal(form.wanted())
        except actions_goals.TooMany:
            form.add_error(None, _too_many())
        except actions_goals.EventTaken:
            form.add_error("event", _("Another goal counts this name already."))
        else:
            messages.success(request, _("“%(name)s” is counted from now on.") % {"name": made.name})
            return redirect("goals:index")
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required("editor")
def change(request: HttpRequest, goal_id: int) -> HttpResponse:
    found = get_object_or_404(Goal, id=goal_id)
    initial = {"name": found.name, "kind": found.kind, "pattern": found.pattern, "event": found.event}
    form = GoalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions_goals.change_goal(found, form.wanted())
        except actions_goals.EventTaken:
            form.add_error("event", _("Another goal counts this name already."))
        else:
            messages.success(request, _("Saved. What was counted before stays."))
            return redirect("goals:goal", found.id)
    return _form(request, form, found)


@require_POST
@role_required("editor")
def archive(request: HttpRequest, goal_id: int) -> HttpResponse:
    found = get_object_or_404(Goal, id=goal_id)
    actions_goals.archive(found)
    messages.success(
        request, _("“%(name)s” is counted no more. What was counted stays.") % {"name": found.name}
    )
    return redirect("goals:index")


@require_POST
@role_required("editor")
def bring_back(request: HttpRequest, goal_id: int) -> HttpResponse:
    found = get_object_or_404(Goal, id=goal_id)
    try:
        actions_goals.bring_back(found)
    except actions_goals.TooMany:
        messages.error(request, _too_many())
    except actions_goals.EventTaken:
        messages.error(
            request,
            _("Nothing was changed: another goal counts the name %(event)s now.") % {"event": found.event},
        )
    else:
        messages.success(request, _("“%(name)s” is counted again.") % {"name": found.name})
    return redirect("goals:index")


def _too_many() -> str:
    return _("An account counts at most 50 goals at a time. Archive one first.")


def _form(request: HttpRequest, form: GoalForm, found: Goal | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "tracking/goal_form.html", {"form": form, "goal": found}, status=status)


def _page(request: HttpRequest, days: int, found: Goal | None) -> dict[str, Any]:
    results = queries_goals.results(clock.now(), days, found)
    sites = queries_goals.sites()
    return {
        "results": results, "days": days, "periods": PERIODS, "lines": _lines(results, days),
        "measuring": queries_goals.measuring(), "is_seen": any(site.seen_at for site in sites),
        "may_edit": outranks(request.membership.role, "editor"),  # type: ignore[attr-defined]
        "counted": [one for one in results.goals if one.goal and one.goal.archived_at is None],
        "archived": Goal.objects.exclude(archived_at=None).order_by("name", "id"),
    }  # fmt: skip


def _lines(results: queries_goals.Results, days: int) -> list[dict[str, Any]]:
    """Two charts, so that each line has its own scale."""
    mail = ngettext("%(n)s conversion from mail in %(days)s days.", "%(n)s conversions from mail in %(days)s days.",
                    results.from_mail)  # fmt: skip
    ads = ngettext(
        "%(n)s conversion from advertising in %(days)s days.", "%(n)s conversions from advertising in %(days)s days.",
        results.from_advertising,
    )  # fmt: skip
    per_day = {"unit": _("Conversions"), "step": _("Day")}
    return [
        {
            "caption": _("From mail, per day"), "says": mail % {"n": results.from_mail, "days": days}, **per_day,
            "rows": [(day, float(n)) for day, n in results.mail],
        },
        {
            "caption": _("From advertising, per day"), "says": ads % {"n": results.from_advertising, "days": days},
            **per_day, "rows": [(day, float(n)) for day, n in results.advertising],
        },
    ]  # fmt: skip
