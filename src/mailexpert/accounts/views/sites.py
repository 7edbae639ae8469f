"""Web sites of the account: name one, show that it is yours."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts import actions_site
from mailexpert.accounts.access import member_required, role_required
from mailexpert.accounts.models import Site
from mailexpert.accounts.rules import outranks


class SiteForm(forms.Form):
    host = forms.CharField(
        label=gettext_lazy("Site"),
        max_length=300,
        help_text=gettext_lazy("Like www.yourshop.com."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )


@require_http_methods(["GET", "HEAD"])
@never_cache
@member_required
def sites(request: HttpRequest) -> HttpResponse:
    return _page(request, SiteForm())


@require_POST
@role_required("admin")
def claim(request: HttpRequest) -> HttpResponse:
    form = SiteForm(request.POST)
    if form.is_valid():
        try:
            actions_site.claim(form.cleaned_data["host"])
        except actions_site.NoHost:
            form.add_error("host", _("This is no name of a site. Write it like www.yourshop.com."))
        except actions_site.Known:
            form.add_error("host", _("You have this site already."))
        except actions_site.TooMany:
            form.add_error("host", _("An account has at most 20 sites. Remove one first."))
        else:
            return redirect("settings:sites")
    return _page(request, form, status=422)


@require_POST
@role_required("editor")
def check(request: HttpRequest, id: int) -> HttpResponse:
    """Look at DNS and at the file, now."""
    found = get_object_or_404(Site, id=id)
    if actions_site.check(found):
        messages.success(request, _("%(host)s is yours: we saw it.") % {"host": found.host})
    else:
        messages.error(
            request,
            _(
                "We saw neither the record nor the file of %(host)s yet. Nothing was changed. DNS can take some hours; "
                "look again later."
            )
            % {"host": found.host},
        )
    return redirect("settings:sites")


@require_POST
@role_required("admin")
def remove(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Site, id=id)
    actions_site.let_go(found)
    messages.success(request, _("%(host)s is removed.") % {"host": found.host})
    return redirect("settings:sites")


def _page(request: HttpRequest, form: SiteForm, status: int = 200) -> HttpResponse:
    context = {
        "sites": Site.objects.order_by("host"),
        "form": form,
        "is_admin": outranks(request.membership.role, "admin"),  # type: ignore[attr-defined]
    }
    return render(request, "accounts/settings/sites.html", context, status=status)
