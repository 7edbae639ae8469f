"""What someone sees who was invited by mail."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from mailexpert.accounts.actions_members import join, join_as_new, read_link
from mailexpert.accounts.forms_settings import JoinForm
from mailexpert.accounts.middleware import BACKEND, SESSION_KEY
from mailexpert.accounts.models import Account, Invitation, User
from mailexpert.base import clock
from mailexpert.core.scope import account


@never_cache
@sensitive_post_parameters("password")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The link proves the mailbox. Whoever has a login uses it; only someone new makes a password here."""
    invitation = read_link(token, clock.now())
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    if request.user.is_authenticated:
        return _as_known(request, invitation)
    if User.objects.filter(email__iexact=invitation.email).exists():
        return _show(request, invitation, known=True)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = join_as_new(invitation, form.cleaned_data["full_name"], form.cleaned_data["password"])
        login(request, user, backend=BACKEND)
        return _inside(request, invitation)
    return _show(request, invitation, form=form)


def _as_known(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.user.email.lower() != invitation.email.lower():  # type: ignore[union-attr]
        return _show(request, invitation, other=True)
    if request.method == "POST":
        join(invitation, request.user)  # type: ignore[arg-type]
        return _inside(request, invitation)
    return _show(request, invitation)


def _inside(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session[SESSION_KEY] = invitation.account_id
    return redirect("web:home")


def _show(
    request: HttpRequest,
    invitation: Invitation,
    *,
    form: JoinForm | None = None,
    known: bool = False,
    other: bool = False,
) -> HttpResponse:
    with account(invitation.account_id):
        context = {
            "invitation": invitation,
            "to": Account.objects.get(),
            "form": form,
            "known": known,
            "other": other,
        }
        return render(request, "accounts/invitation.html", context)
