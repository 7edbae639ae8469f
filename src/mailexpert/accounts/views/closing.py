"""Taking everything along, and ending the account."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts import actions_closing, letters, takeaway
from mailexpert.accounts.access import role_required, user_of
from mailexpert.accounts.models import Account, Membership, Takeaway
from mailexpert.accounts.rules_closing import erased_at, phase, read_only_until
from mailexpert.base import clock, env
from mailexpert.core.jobs import defer


class LeaveForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@require_safe
@role_required("owner")
def leave(request: HttpRequest) -> HttpResponse:
    return _page(request, LeaveForm())


def _page(request: HttpRequest, form: LeaveForm) -> HttpResponse:
    found: Account = request.account  # type: ignore[attr-defined]
    notice = found.closing_at
    context = {
        "form": form,
        "phase": phase(notice, clock.now()),
        "until": read_only_until(notice) if notice else None,
        "end": erased_at(notice) if notice else None,
        "files": Takeaway.objects.order_by("-at")[:5],
    }
    return render(request, "accounts/settings/leave.html", context)


@require_POST
@role_required("owner")
@sensitive_post_parameters("password")
def give_notice(request: HttpRequest) -> HttpResponse:
    form = LeaveForm(request.POST)
    if not form.is_valid() or not user_of(request).check_password(form.cleaned_data["password"]):
        form.add_error("password", _("This isn’t your present password."))
        return _page(request, form)
    found: Account = request.account  # type: ignore[attr-defined]
    now = clock.now()
    actions_closing.give_notice(found, now)
    _tell_owners(found.name, date_format(localtime(read_only_until(now)), "j F Y"), localtime(erased_at(now)))
    messages.success(request, _("Notice given. Nothing is sent any more."))
    return redirect("settings:leave")


def _tell_owners(name: str, until: str, end: datetime) -> None:
    for owner in Membership.objects.filter(role=Membership.Role.OWNER).select_related("user"):
        with translation.override(owner.user.language):
            letters.write(
                "accounts/leaving",
                owner.user.email,
                {
                    "name": name, "until": until, "end": date_format(end, "j F Y"), "user": owner.user,
                    "url": env.load().base_url + reverse("settings:leave"),
                },
            )  # fmt: skip


@require_POST
@role_required("owner")
def come_back(request: HttpRequest) -> HttpResponse:
    found: Account = request.account  # type: ignore[attr-defined]
    actions_closing.come_back(found)
    messages.success(request, _("Welcome back. Everything works as before; planned mailings are drafts now."))
    return redirect("settings:leave")


@require_POST
@role_required("owner")
def take_along(request: HttpRequest) -> HttpResponse:
    from mailexpert.accounts.jobs import write_takeaway

    made = Takeaway.objects.create(asked_by_id=user_of(request).pk)
    defer(write_takeaway, takeaway_id=made.id)
    messages.success(request, _("The file is being made. Come back to this page in a minute."))
    return redirect("settings:leave")


@require_safe
@role_required("owner")
def fetch(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Takeaway, id=id, state=Takeaway.State.DONE)
    path = takeaway.folder() / found.file
    if not path.is_file():
        raise Http404
    name = f"mailexpert-{request.account.slug}-{found.at:%Y-%m-%d}.zip"  # type: ignore[attr-defined]
    file: Any = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    return cast(HttpResponse, file)
