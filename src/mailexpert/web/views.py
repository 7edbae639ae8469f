"""The front page, the dashboard, rooms to come, and the switches of language and theme."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import from_our_pages, member_required
from mailexpert.core.attention import needs
from mailexpert.core.panels import Panel, panels
from mailexpert.web.context import THEME_COOKIE, THEMES, navigation
from mailexpert.web.rooms import ROOMS
from mailexpert.web.steps import first_steps

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
REMEMBERED = timedelta(days=365)


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The dashboard for who is inside, the front page for who isn't."""
    if getattr(request, "account", None) is None:
        return render(request, "web/front.html")
    filled = [(panel, context) for panel in panels() if (context := panel.context(request)) is not None]
    steps = first_steps(navigation(request))
    asked = [] if steps else needs(request)
    return render(
        request,
        "web/overview.html",
        {
            "now": timezone.now(),
            "steps": steps,
            "steps_done": sum(step.done for step in steps),
            "needs": asked,
            "needs_now": sum(need.now for need in asked),
            "needs_later": sum(not need.now for need in asked),
            "main": _shown(filled, side=False),
            "side": _shown(filled, side=True),
        },
    )


def _shown(filled: list[tuple[Panel, dict[str, Any]]], *, side: bool) -> list[dict[str, Any]]:
    return [{"template": p.template, "context": context} for p, context in filled if p.side is side]


@require_safe
@member_required
def coming(request: HttpRequest, key: str) -> HttpResponse:
    for room in ROOMS:
        if room.key == key:
            return render(request, "web/coming.html", {"room": room})
    raise Http404(_("There is no such room."))


@require_POST
@csrf_exempt
@from_our_pages
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        _remember(request, response, settings.LANGUAGE_COOKIE_NAME, "language", language)
        translation.activate(language)
    return response


@require_POST
@csrf_exempt
@from_our_pages
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in THEMES:
        _remember(request, response, THEME_COOKIE, "theme", theme)
    return response


def _remember(request: HttpRequest, response: HttpResponse, cookie: str, column: str, value: str) -> None:
    """In the cookie for the visitor, with the user for every device."""
    response.set_cookie(
        cookie,
        value,
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(**{column: value})


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the switch stood on; a foreign address would make us an open redirect."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        to = "/"
    return HttpResponseRedirect(to)


@require_safe
@never_cache
def health(_request: HttpRequest) -> HttpResponse:
    """200 when web and database answer; reading it needs no login and tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        log.warning("healthz: the database does not answer", exc_info=True)
        return HttpResponse("database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
