"""How fast and when an account's mail goes out."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts.access import role_required
from mailexpert.sending import actions_tempo, queries
from mailexpert.sending.forms_tempo import DomainLimitForm, TempoForm, WarmupForm
from mailexpert.sending.models import DomainLimit, Warmup
from mailexpert.sending.words import warmup_rows


@require_http_methods(["GET", "POST"])
@role_required("admin")
def tempo(request: HttpRequest) -> HttpResponse:
    form = TempoForm(request.POST or None, initial=TempoForm.initial_of(queries.tempo()))
    if request.method == "POST" and form.is_valid():
        actions_tempo.set_tempo(form.values())
        messages.success(request, _("Saved. It holds for what is under way too."))
        return redirect("sending:tempo")
    return _page(request, form=form)


@require_POST
@role_required("admin")
def warm_up(request: HttpRequest) -> HttpResponse:
    form = WarmupForm(request.POST)
    if not form.is_valid():
        return _page(request, warmup_form=form)
    actions_tempo.warm_up(**form.cleaned_data)
    return redirect("sending:tempo")


@require_POST
@role_required("admin")
def end_warm_up(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Warmup, id=id)
    found.delete()
    messages.success(request, _("%(domain)s may send at full pace now.") % {"domain": found.domain})
    return redirect("sending:tempo")


@require_POST
@role_required("admin")
def limit_domain(request: HttpRequest) -> HttpResponse:
    form = DomainLimitForm(request.POST)
    if not form.is_valid():
        return _page(request, limit_form=form)
    actions_tempo.limit_domain(**form.cleaned_data)
    messages.success(request, _("Saved. It holds for what is under way too."))
    return redirect("sending:tempo")


@require_POST
@role_required("admin")
def end_domain_limit(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(DomainLimit, id=id)
    found.delete()
    messages.success(request, _("%(domain)s has no limit of its own any more.") % {"domain": found.domain})
    return redirect("sending:tempo")


def _page(request: HttpRequest, **given: forms.Form) -> HttpResponse:
    """The form that was sent in comes back with what is wrong in it; the others are as kept."""
    shown = {
        "form": TempoForm(initial=TempoForm.initial_of(queries.tempo())),
        "warmup_form": WarmupForm(),
        "limit_form": DomainLimitForm(),
        **given,
    }
    context = {**shown, "warmups": warmup_rows(queries.warmups()), "limits": queries.domain_limits()}
    wrong = any(form.errors for form in given.values())
    return render(request, "sending/tempo.html", context, status=422 if wrong else 200)
