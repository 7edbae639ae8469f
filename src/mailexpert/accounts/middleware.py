"""Lets a remembered device in, and puts a logged-in user inside an account for the length of the request."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mailexpert.accounts.actions_devices import COOKIE, REMEMBERED, bind_session, recognise_device
from mailexpert.accounts.models import Account, Membership, User
from mailexpert.accounts.rules_closing import phase, refuses
from mailexpert.base import clock
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall

SESSION_KEY = "account_id"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Next = Callable[[HttpRequest], HttpResponse]


class DeviceMiddleware:
    """Only a page that is read opens a session: logging in changes the CSRF token, so a form that comes with
    the device's cookie would be refused. Views set `request.device_cookie`; empty takes the cookie away."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        brought = request.COOKIES.get(COOKIE, "")
        request.device_cookie = None  # type: ignore[attr-defined]
        if brought and request.method in {"GET", "HEAD"} and not request.user.is_authenticated:
            self._let_in(request, brought)
        response = self.get_response(request)
        wanted = request.device_cookie  # type: ignore[attr-defined]
        if wanted:
            response.set_cookie(
                COOKIE, wanted, max_age=REMEMBERED, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        elif wanted == "":
            response.delete_cookie(COOKIE, samesite="Lax")
        return response

    @staticmethod
    def _let_in(request: HttpRequest, brought: str) -> None:
        known = recognise_device(brought, clock.now())
        if known is None:
            request.device_cookie = ""  # type: ignore[attr-defined]
            return
        login(request, known.device.user, backend=BACKEND)
        bind_session(known.device, request.session.session_key)
        request.device_cookie = known.cookie  # type: ignore[attr-defined]


class AccountMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.account = None  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return self.get_response(request)
        membership = self._membership(request, request.user)
        if membership is None:
            return self.get_response(request)
        with account(membership.account_id):
            request.membership = membership  # type: ignore[attr-defined]
            found = Account.objects.get(id=membership.account_id)
            request.account = found  # type: ignore[attr-defined]
            if refuses(phase(found.closing_at, clock.now()), request.method or "", request.path):
                return render(request, "accounts/closing.html", {"leaving": found}, status=403)
            return self.get_response(request)

    @staticmethod
    def _membership(request: HttpRequest, user: User) -> Membership | None:
        """The account that was chosen in this session, else the user's first."""
        with beside_wall(Beside.LOGIN):
            mine = Membership.objects.filter(user=user).order_by("id")
            chosen = request.session.get(SESSION_KEY)
            return (mine.filter(account_id=chosen).first() if chosen else None) or mine.first()
