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
from mailexpert.contacts import actions_silence, actions_terms

CHOICES = [(6, _("6 months")), (12, _("12 months")), (18, _("18 months")), (24, _("24 months, the most"))]


SIGNUPS = [(7, _("7 days, as long as the link in the mail works")), (14, _("14 days, the most"))]


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
    signup_days = forms.TypedChoiceField(
        label=_("Keep sign-ups that nobody confirms"),
        choices=SIGNUPS,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("Your forms and the confirmation mail tell this number."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@role_required("admin")
def inactive(request: HttpRequest) -> HttpResponse:
    chosen = {"months": actions_silence.months(), "signup_days": actions_terms.signup_days()}
    form = SilenceForm(request.POST or None, initial=chosen)
    if form.is_valid():
        actions_silence.set_months(form.cleaned_data["months"])
        actions_terms.set_signup_days(form.cleaned_data["signup_days"])
        messages.success(request, gettext("Saved. It holds from tonight."))
        return redirect("contacts:inactive")
    context = {
        "form": form,
        "months": actions_silence.months(),
        "counts": actions_silence.dry_run(clock.now()),
        "signups": actions_terms.over(clock.now()).count(),
        "most": actions_silence.MOST_COUNTED,
        "fewest": actions_silence.FEWEST_ASKED,
    }
    return render(request, "contacts/inactive.html", context, status=422 if form.errors else 200)
