"""The pages of a test of versions: planning it, watching it, choosing. One view per button."""

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required, user_of
from mailexpert.mailings import actions_experiments as experiments
from mailexpert.mailings import queries, queries_experiments, rules, versions
from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.forms_experiments import ExperimentForm
from mailexpert.mailings.models import Mailing
from mailexpert.mailings.models_experiments import Experiment
from mailexpert.mailings.shown_experiments import shown, table
from mailexpert.mailings.words_experiments import planned

FORMULA = ("=", "+", "-", "@", "\t")


@require_safe
@member_required
def test(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Planned here while the mailing is a draft; then how it stands."""
    mailing = _found(mailing_id)
    if mailing.is_draft:
        form = ExperimentForm(instance=queries_experiments.of(mailing) or Experiment(mailing=mailing))
        return render(request, "mailings/experiment_plan.html", _plan(mailing, form))
    section = shown(mailing)
    if section is None:
        return redirect("mailings:show", mailing.id)
    return render(request, "mailings/experiment.html", {"mailing": mailing, "section": section})


@require_safe
@member_required
def part(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """The part of the page that moves."""
    section = shown(_found(mailing_id))
    if section is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "mailings/parts/experiment_lines.html", {"section": section})


@require_POST
@role_required("editor")
def save(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = _found(mailing_id)
    form = ExperimentForm(
        request.POST, instance=queries_experiments.of(mailing) or Experiment(mailing=mailing)
    )
    is_right = form.is_valid()
    if is_right:
        try:
            experiments.plan(mailing, written=form.written(), others=form.others())
        except rules.NotNow:
            return _elsewhere(request, mailing)
    if request.headers.get("HX-Request"):
        return render(request, "mailings/parts/experiment_facts.html", _plan(mailing, form))
    if not is_right:
        return render(request, "mailings/experiment_plan.html", _plan(mailing, form))
    return redirect("mailings:show", mailing.id)


@require_POST
@role_required("editor")
def add(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Another content to write."""
    mailing = _found(mailing_id)
    try:
        draft = experiments.add_content(mailing)
    except rules.NotNow:
        messages.error(request, _("There are four versions already, or the mailing is no draft any more."))
        return redirect("mailings:test", mailing.id)
    return redirect("mailings:show", draft.id)


@require_POST
@role_required("editor")
def drop(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = _found(mailing_id)
    return _do(request, mailing, experiments.drop, ok=_("No test: everyone gets the same mailing."))


@require_POST
@role_required("editor")
def choose(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """This version for everyone else, now."""
    mailing = _found(mailing_id)
    n = request.POST.get("n", "")
    chosen = int(n) if n in ("0", "1", "2", "3") else rule.MOST_VERSIONS
    by = user_of(request).pk
    return _do(
        request,
        mailing,
        lambda mailing: experiments.choose(mailing, chosen, by=by),
        ok=_("Chosen. Everyone else gets this version."),
    )


@require_safe
@member_required
def rows(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Every version and the rest, as CSV."""
    mailing = _found(mailing_id)
    head, found = table(mailing)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mailing-{mailing.id}-test.csv"'
    response.write("\ufeff")
    out = csv.writer(response, delimiter=";")
    out.writerow(head)
    out.writerows([_plain(cell) for cell in row] for row in found)
    return response


def _plain(cell: Any) -> Any:
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _found(mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.select_related("issue"), id=mailing_id, version_of=None)


def _plan(mailing: Mailing, form: ExperimentForm) -> dict[str, Any]:
    experiment = queries_experiments.of(mailing)
    people = queries.tally(mailing).mailable
    return {
        "mailing": mailing,
        "form": form,
        "experiment": experiment,
        "facts": planned(experiment, people) if experiment else None,
        "contents": [v for v in versions.tried(experiment) if v.draft_id] if experiment else [],
        "may_add": experiment is None or len(versions.tried(experiment)) < rule.MOST_VERSIONS,
        "rule": {
            "chance": round(rule.EARLY_CHANCE * 100),
            "clear": round(rule.CLEAR_CHANCE * 100),
            "people": rule.EARLY_PEOPLE,
        },
    }


def _elsewhere(request: HttpRequest, mailing: Mailing) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("mailings:test", mailing.id)


def _do(request: HttpRequest, mailing: Mailing, step: Callable[[Mailing], None], *, ok: str) -> HttpResponse:
    try:
        step(mailing)
    except rules.NotNow:
        messages.error(request, _("That can't be done any more; the page shows how it stands now."))
    else:
        messages.success(request, ok)
    return redirect("mailings:test" if mailing.issue_id else "mailings:show", mailing.id)
