"""Who may enter the console: staff of the operator, after they signed the privacy agreement."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mailexpert.accounts.models import User
from mailexpert.privacy.queries_staff import has_signed

View = Callable[..., HttpResponse]


def staff_of(request: HttpRequest) -> User:
    """The staff member behind a guarded page."""
    assert isinstance(request.user, User)
    return request.user


def staff_required(view: View) -> View:
    """For staff, signed or not; for anyone else there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise Http404(_("There is no such page."))
        return view(request, *args, **kwargs)

    return guarded


def signed_required(view: View) -> View:
    """For staff who signed the agreement that holds now; others are led to it."""

    @wraps(view)
    @staff_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_signed(staff_of(request)):
            return redirect("site:sign")
        return view(request, *args, **kwargs)

    return guarded


def right_required(right: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        @signed_required
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not staff_of(request).may(right):
                raise PermissionDenied(_("You don’t have this right. A colleague who may give rights can."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate
