"""The web log of requests; campaigns that visitors agreed to have linked; the content policy of consented tags."""

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from mailexpert.accounts.client import client_ip
from mailexpert.accounts.models import Membership, User
from mailexpert.accounts.rules import device_name
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy.choice import CONVERSIONS, choice_of
from mailexpert.privacy.declare_choice import CAMPAIGN_COOKIE
from mailexpert.site.customers import NoOperator, operator_id
from mailexpert.tracking.actions_visits import note_conversion
from mailexpert.tracking.models import Source, WebRequest

log = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
CLICK_IDS = {"gclid": Source.GOOGLE, "msclkid": Source.MICROSOFT}
KEPT = timedelta(days=90)
SALT = "campaign"
KEYS = re.compile(r"[^/]{24,}")  # an address that fits nothing may hold a mistyped key
SILENT = ("/static/", "/healthz")
GOOGLE = [
    "https://www.googletagmanager.com",
    "https://*.google-analytics.com",
    "https://*.analytics.google.com",
]
MICROSOFT = ["https://bat.bing.com", "https://bat.bing.net"]


class WebLogMiddleware:
    """One line for each request: when, from which address, what, and how it ended."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        if not request.path.startswith(SILENT):
            self._note(request, response.status_code, round(1000 * (time.monotonic() - began)))
        return response

    @staticmethod
    def _note(request: HttpRequest, status: int, milliseconds: int) -> None:
        match = request.resolver_match
        path = KEYS.sub("…", request.path) if match is None or not match.kwargs else "/" + match.route
        try:
            WebRequest.objects.create(
                ip=client_ip(request), method=(request.method or "")[:10], path=path[:300], status=status,
                milliseconds=milliseconds, browser=device_name(request.headers.get("User-Agent", ""))[0],
            )  # fmt: skip
        except (DatabaseError, ValueError):
            log.warning("a request could not be written to the web log", exc_info=True)


class CampaignMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self._widen(request, response)
        choice = choice_of(request)
        if not choice.allows(CONVERSIONS):
            return response
        if request.method == "GET":
            self._remember(request, response)
        elif request.path == reverse("account_signup") and response.status_code == 302:
            self._attribute(request, response, choice.reference)
        return response

    @staticmethod
    def _widen(request: HttpRequest, response: HttpResponse) -> None:
        """Only a page that shows a consented tag lets its hosts in."""
        shown = getattr(request, "shown_tags", None)
        if shown is None:
            return
        hosts = (GOOGLE if shown.google else []) + (MICROSOFT if shown.microsoft else [])
        widened: Any = {"script-src": hosts, "connect-src": hosts, "img-src": hosts}
        response._csp_update = widened  # type: ignore[attr-defined]

    @staticmethod
    def _remember(request: HttpRequest, response: HttpResponse) -> None:
        """A click on an advertisement: its id and words, in a cookie that we signed."""
        for name, source in CLICK_IDS.items():
            click_id = request.GET.get(name, "")
            if click_id and len(click_id) <= 200:
                told = {
                    "source": str(source), "click_id": click_id,
                    "campaign": request.GET.get("utm_campaign", "")[:200],
                    "keyword": request.GET.get("utm_term", "")[:200],
                }  # fmt: skip
                response.set_cookie(
                    CAMPAIGN_COOKIE, signing.dumps(json.dumps(told), salt=SALT), max_age=KEPT, httponly=True,
                    samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
                )  # fmt: skip

    @staticmethod
    def _attribute(request: HttpRequest, response: HttpResponse, reference: str) -> None:
        """The registration that this request made belongs to the campaign of the cookie."""
        try:
            brought = request.COOKIES.get(CAMPAIGN_COOKIE, "")
            told = json.loads(signing.loads(brought, salt=SALT, max_age=KEPT)) if brought else None
        except (signing.BadSignature, ValueError):
            log.warning("a campaign that we never wrote down was refused")
            return
        user = User.objects.filter(email__iexact=request.POST.get("email", "")).first()
        if told is None or user is None:
            return
        with beside_wall(Beside.ATTRIBUTE):
            account_id = Membership.objects.filter(user=user).values_list("account_id", flat=True).first()
        if account_id is not None:
            try:
                with account(operator_id()):
                    note_conversion(**told, account_id=account_id, choice=reference)
            except NoOperator:
                log.warning(
                    "a registration belongs to a campaign, and there is no operator's account to keep that in"
                )
            response.delete_cookie(CAMPAIGN_COOKIE, samesite="Lax")
