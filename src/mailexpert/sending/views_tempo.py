"""How fast and when an account's mail goes out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts.access import role_required
from mailexpert.sending import actions_tempo, queries
from mailexpert.sending.forms_tempo import TempoForm, WarmupForm
from mailexpert.sending.models import Warmup
from mailexpert.sending.words import warmup_rows


@require_http_methods(["GET", "POST"])
@role_required("admin")
def tempo(request: HttpRequest) -> HttpResponse:
    form = TempoForm(request.POST or None, initial=TempoForm.initial_of(queries.tempo()))
    if request.method == "POST" and form.is_valid():
        actions_tempo.set_tempo(form.values())
        messages.success(request, _("Saved. It holds for what is under way too."))
        return redirect("sending:tempo")
    return _page(request, form, WarmupForm(), status=422 if form.errors else 200)


@require_POST
@role_required("admin")
def warm_up(request: HttpRequest) -> HttpResponse:
    form = WarmupForm(request.POST)
    if not form.is_valid():
        return _page(request, TempoForm(initial=TempoForm.initial_of(queries.tempo())), form, status=422)
    actions_tempo.warm_up(**form.cleaned_data)
    return redirect("sending:tempo")


@require_POST
@role_required("admin")
def end_warm_up(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Warmup, id=id)
    found.delete()
    messages.success(request, _("%(domain)s may send at full pace now.") % {"domain": found.domain})
    return redirect("sending:tempo")


def _page(
    request: HttpRequest, form: TempoForm, warmup_form: WarmupForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "warmup_form": warmup_form, "warmups": warmup_rows(queries.warmups())}
    return render(request, "sending/tempo.html", context, status=status)
