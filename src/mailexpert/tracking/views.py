"""The account's choice of how far it measures."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mailexpert.accounts.access import role_required
from mailexpert.tracking import actions, queries
from mailexpert.tracking.forms import MeasuringForm


@require_http_methods(["GET", "POST"])
@role_required("admin")
def measuring(request: HttpRequest) -> HttpResponse:
    limits = queries.limits()
    initial = {"highest": limits.highest, "opens": limits.opens, "assessment": limits.assessment}
    form = MeasuringForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_measuring(**form.cleaned_data)
        messages.success(request, _("Saved. It holds at once, also for mails that were sent."))
        return redirect("tracking:measuring")
    context = {"form": form, "limits": limits}
    return render(request, "tracking/measuring.html", context, status=422 if form.errors else 200)
