"""Who may enter. Every view inside the application names its audience: members, or a role and those above."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mailexpert.accounts.models import User
from mailexpert.accounts.rules import outranks

View = Callable[..., HttpResponse]
SAFE = {"GET", "HEAD", "OPTIONS"}


def member_required(view: View) -> View:
    """Only for a logged-in user inside an account; anyone else is led to the door. Who may only look changes
    nothing here either, so that a page which forgets to ask for a role is still safe."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "account", None) is None:
            return _at_the_door(request)
        if request.method not in SAFE:
            _refuse_below(request, "editor")
        return view(request, *args, **kwargs)

    return guarded


def role_required(role: str) -> Callable[[View], View]:
    """Only for members with this role or one above it: viewer, editor, admin, owner."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request, "account", None) is None:
                return _at_the_door(request)
            _refuse_below(request, role)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def from_our_pages(view: View) -> View:
    """For forms on public pages, where a CSRF token would cost every visitor a cookie. Every browser of today says
    where a request comes from."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def own_page(view: View) -> View:
    """A page about the user's own login: every role may change what is theirs."""
    return role_required("viewer")(view)


def _at_the_door(request: HttpRequest) -> HttpResponse:
    """Who is logged in but belongs to no account any more would be sent to and fro between here and the login."""
    if request.user.is_authenticated:
        return render(request, "accounts/no_account.html", status=403)
    return redirect_to_login(request.get_full_path())


def user_of(request: HttpRequest) -> User:
    """The user behind a guarded page."""
    assert isinstance(request.user, User)
    return request.user


def _refuse_below(request: HttpRequest, role: str) -> None:
    if not outranks(request.membership.role, role):  # type: ignore[attr-defined]
        raise PermissionDenied(
            _("Your role in this account doesn’t allow this. An administrator of the account can change it.")
        )
