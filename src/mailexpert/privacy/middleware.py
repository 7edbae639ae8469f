"""Watches which cookies are really served, so that promises about them rest on what browsers got."""

import logging
import time
from collections.abc import Callable
from http.cookies import Morsel
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from mailexpert.base import clock
from mailexpert.privacy.models import ServedCookie

log = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
SEEN_SECONDS = 3600.0

# What this process wrote down within the hour; each kind of cookie costs one write an hour.
_seen: dict[tuple[object, ...], float] = {}


class CookieWatchMiddleware:
    """Stands outermost, where every cookie has been set."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for morsel in response.cookies.values():
            note(morsel)
        return response


def note(morsel: "Morsel[str]") -> None:
    kind: dict[str, Any] = {
        "name": morsel.key[:100],
        "max_age": int(morsel["max-age"]) if str(morsel["max-age"]) else None,
        "is_secure": bool(morsel["secure"]),
        "is_http_only": bool(morsel["httponly"]),
        "same_site": str(morsel["samesite"])[:10],
    }
    key = tuple(kind.values())
    if _seen.get(key, 0.0) > time.monotonic():
        return
    _seen[key] = time.monotonic() + SEEN_SECONDS
    try:
        ServedCookie.objects.update_or_create(**kind, defaults={"last_seen": clock.now()})
    except DatabaseError:
        log.warning("a served cookie could not be written down", exc_info=True)
