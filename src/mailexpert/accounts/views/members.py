"""Users of the account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts import actions_members
from mailexpert.accounts.access import member_required, role_required
from mailexpert.accounts.actions_members import NotAllowed
from mailexpert.accounts.forms_settings import InviteForm, RoleForm, roles_to_give
from mailexpert.accounts.models import Invitation, Membership
from mailexpert.accounts.rules import outranks


@require_safe
@member_required
def people(request: HttpRequest) -> HttpResponse:
    return _page(request, InviteForm(giver=_mine(request).role))


def _page(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    mine = _mine(request)
    is_admin = outranks(mine.role, "admin")
    members = Membership.objects.select_related("user").order_by("user__full_name", "user__email")
    rows = [(member, is_admin and outranks(mine.role, member.role)) for member in members]
    context: dict[str, Any] = {
        "rows": rows,
        "invitations": Invitation.objects.order_by("email") if is_admin else [],
        "roles": roles_to_give(mine.role),
        "form": form,
        "may_invite": is_admin,
    }
    return render(request, "accounts/settings/users.html", context, status=status)


@require_POST
@role_required("admin")
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST, giver=_mine(request).role)
    if not form.is_valid():
        return _page(request, form, status=422)
    email = form.cleaned_data["email"]
    try:
        actions_members.invite(email, form.cleaned_data["role"], _mine(request), request.account)  # type: ignore[attr-defined]
    except NotAllowed as problem:
        form.add_error("email", str(problem))
        return _page(request, form, status=422)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
    return redirect("settings:users")


@require_POST
@role_required("admin")
def change_role(request: HttpRequest, id: int) -> HttpResponse:
    member = get_object_or_404(Membership, id=id)
    form = RoleForm(request.POST, giver=_mine(request).role)
    if not form.is_valid():
        messages.error(request, _("Choose a role from the list."))
        return redirect("settings:users")
    return _try(
        request, lambda: actions_members.change_role(member, form.cleaned_data["role"], _mine(request))
    )


@require_POST
@role_required("admin")
def remove(request: HttpRequest, id: int) -> HttpResponse:
    member = get_object_or_404(Membership, id=id)
    return _try(request, lambda: actions_members.remove(member, _mine(request)))


@require_POST
@role_required("admin")
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    get_object_or_404(Invitation, id=id).delete()
    messages.success(request, _("The invitation has been withdrawn."))
    return redirect("settings:users")


def _try(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        act()
    except NotAllowed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Saved."))
    return redirect("settings:users")


def _mine(request: HttpRequest) -> Membership:
    mine: Membership = request.membership  # type: ignore[attr-defined]
    return mine
