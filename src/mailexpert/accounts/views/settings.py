"""Instellingen & Opties: the user's own things, the account's, and privacy."""

from typing import Any

from allauth.account.internal.flows.manage_email import add_email
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts import actions_package
from mailexpert.accounts.access import member_required, own_page, role_required, user_of
from mailexpert.accounts.forms import ChangeEmailForm
from mailexpert.accounts.forms_settings import CompanyForm, ProfileForm, SubscriptionsForm
from mailexpert.accounts.middleware import SESSION_KEY
from mailexpert.accounts.models import Acceptance, Package
from mailexpert.accounts.queries import accounts_of
from mailexpert.accounts.rules import outranks
from mailexpert.accounts.sections import GROUPS
from mailexpert.core import register


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    role = request.membership.role  # type: ignore[attr-defined]
    groups = [
        (title, [s for s in sections if outranks(role, s.role) and s.url]) for title, sections in GROUPS
    ]
    accounts = accounts_of(user_of(request))
    return render(request, "accounts/settings/index.html", {"groups": groups, "accounts": accounts})


@own_page
def profile(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=["full_name", "language", "theme"])
        translation.activate(user.language)
        return _saved(request, "settings:profile")
    waiting = EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).first()
    return render(request, "accounts/settings/profile.html", {"form": form, "waiting": waiting})


@own_page
@sensitive_post_parameters("password")
def email(request: HttpRequest) -> HttpResponse:
    """The new address counts from its confirmation on; until then the old one stays."""
    form = ChangeEmailForm(user_of(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_email(request, form)
        messages.success(request, _("We have sent a mail to the new address. Confirm it there."))
        return redirect("settings:profile")
    return render(request, "accounts/settings/email.html", {"form": form})


@member_required
def company(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _change_company(request)
    form = CompanyForm(instance=_account(request))
    return render(request, "accounts/settings/company.html", {"form": form, "may_change": _is_admin(request)})


@role_required("admin")
def _change_company(request: HttpRequest) -> HttpResponse:
    account = _account(request)
    form = CompanyForm(request.POST, instance=account)
    if form.is_valid():
        account.save(update_fields=list(CompanyForm.Meta.fields))
        return _saved(request, "settings:company")
    return render(request, "accounts/settings/company.html", {"form": form, "may_change": True})


@own_page
def subscriptions(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = SubscriptionsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=list(SubscriptionsForm.Meta.fields))
        return _saved(request, "settings:subscriptions")
    return render(request, "accounts/settings/subscriptions.html", {"form": form})


@require_safe
@member_required
def package(request: HttpRequest) -> HttpResponse:
    """What is used against what is included, and the other packages with what would no longer fit in them."""
    account = _account(request)
    mine = actions_package.package_of(account)
    offered = [
        (one, [standing for standing in actions_package.standings(one) if not standing.fit.fits])
        for one in Package.objects.filter(is_offered=True).order_by("id")
    ]
    context = {
        "package": mine,
        "standings": actions_package.standings(mine),
        "offered": offered,
        "may_change": _is_admin(request),
    }
    return render(request, "accounts/settings/package.html", context)


@require_POST
@role_required("admin")
def choose_package(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("package", "")
    if not wanted.isdecimal():
        raise Http404
    try:
        too_much = actions_package.choose(_account(request), int(wanted))
    except actions_package.NotOffered as problem:
        raise Http404 from problem
    messages.success(request, _("Your package was changed. It counts from now on."))
    for one in too_much:
        messages.warning(
            request,
            _(
                "%(what)s: %(over)s more than this package holds. Nothing is deleted; nothing is added until it fits."
            )
            % {"what": one.reading.measure.label, "over": one.reading.measure.written(one.fit.over)},
        )
    return redirect("settings:package")


@require_safe
@member_required
def cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/settings/cookies.html", {"cookies": register.cookies().values()})


@require_safe
@member_required
def privacy(request: HttpRequest) -> HttpResponse:
    kept = [table for table in register.tables().values() if table.subject == "user"]
    accepted = Acceptance.objects.order_by("-at")
    return render(request, "accounts/settings/privacy.html", {"kept": kept, "accepted": accepted})


@require_POST
@own_page
def switch_account(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("account", "")
    mine = {str(account.id) for account in accounts_of(user_of(request))}
    if wanted not in mine:
        raise Http404
    request.session[SESSION_KEY] = int(wanted)
    return redirect("web:home")


def _account(request: HttpRequest) -> Any:
    return request.account  # type: ignore[attr-defined]


def _is_admin(request: HttpRequest) -> bool:
    return outranks(request.membership.role, "admin")  # type: ignore[attr-defined]


def _saved(request: HttpRequest, url_name: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(url_name)
