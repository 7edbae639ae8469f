"""Contacts without a sign of interest: after how long they are asked, and what tonight would do."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mailexpert.accounts.access import role_required
from mailexpert.base import clock
from mailexpert.contacts import actions_silence

CHOICES = [(6, _("6 months")), (12, _("12 months")), (18, _("18 months")), (24, _("24 months, the most"))]


class SilenceForm(forms.Form):
    months = forms.TypedChoiceField(
        label=_("Ask after"),
        choices=CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_(
            "Without an open, click, sign-up or answer. Whoever you mail by contract or law is never asked."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@role_required("admin")
def inactive(request: HttpRequest) -> HttpResponse:
    form = SilenceForm(request.POST or None, initial={"months": actions_silence.months()})
    if form.is_valid():
        actions_silence.set_months(form.cleaned_data["months"])
        messages.success(request, gettext("Saved. It holds from tonight."))
        return redirect("contacts:inactive")
    context = {
        "form": form,
        "months": actions_silence.months(),
        "counts": actions_silence.dry_run(clock.now()),
        "most": actions_silence.MOST_COUNTED,
        "fewest": actions_silence.FEWEST_ASKED,
    }
    return render(request, "contacts/inactive.html", context, status=422 if form.errors else 200)
