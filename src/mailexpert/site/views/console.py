"""The console's first page, and signing the privacy agreement."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailexpert.base import clock
from mailexpert.privacy.actions_staff import sign as put_signature
from mailexpert.privacy.models import Document
from mailexpert.privacy.queries_policy import all_coming, in_force
from mailexpert.privacy.queries_staff import has_signed
from mailexpert.site import waiting
from mailexpert.site.access import signed_required, staff_of, staff_required
from mailexpert.site.forms import SignForm


@require_safe
@signed_required
def index(request: HttpRequest) -> HttpResponse:
    needs = waiting.of(staff_of(request), clock.now())
    now = sum(need.now for need in needs)
    context = {
        "coming": all_coming(), "needs": needs, "needs_now": now, "needs_later": len(needs) - now,
    }  # fmt: skip
    return render(request, "site/console/index.html", context)


@staff_required
def sign(request: HttpRequest) -> HttpResponse:
    """Before anything of a customer can be seen."""
    user = staff_of(request)
    text = in_force(Document.STAFF, translation.get_language() or "nl")
    form = SignForm(request.POST or None, initial={"name": user.full_name})
    if request.method == "POST" and form.is_valid():
        put_signature(user, form.cleaned_data["name"], text.language)
        messages.success(request, _("Signed. Thank you."))
        return redirect("site:console")
    context = {"form": form, "reading": text, "text": text.text, "signed": has_signed(user)}
    return render(request, "site/console/sign.html", context)
