"""The choice on cookies: as easy to refuse as to accept, and to change."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mailexpert.privacy.choice import ANALYTICS, CONVERSIONS, COOKIE, KEPT, PURPOSES, choice_of, keep
from mailexpert.privacy.declare_choice import CAMPAIGN_COOKIE
from mailexpert.privacy.models import CookieChoice

How = CookieChoice.How
OF_OTHERS = {ANALYTICS: "_ga", CONVERSIONS: "_uet"}


@require_POST
@csrf_exempt
def choose(request: HttpRequest) -> HttpResponse:
    """No CSRF token, which would cost every visitor a cookie; another site's form is refused by where it is from."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise PermissionDenied
    before = choice_of(request)
    answer = request.POST.get("answer", "none")
    asked = {"all": list(PURPOSES), "chosen": request.POST.getlist("purposes")}.get(answer, [])
    how = How.SETTINGS if answer == "chosen" else How.BANNER
    if before.signal:
        asked, how = [], How.SIGNAL
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(
        COOKIE, keep(asked, how, reference=before.reference), max_age=KEPT, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    _forget(request, response, set(asked))
    return response


def _forget(request: HttpRequest, response: HttpResponse, allowed: set[str]) -> None:
    """What is no longer agreed to leaves the browser, as far as we can reach it."""
    if CONVERSIONS not in allowed and CAMPAIGN_COOKIE in request.COOKIES:
        response.delete_cookie(CAMPAIGN_COOKIE, samesite="Lax")
    for purpose, beginning in OF_OTHERS.items():
        for name in request.COOKIES:
            if purpose not in allowed and name.startswith(beginning):
                response.delete_cookie(name)


def _back(request: HttpRequest) -> str:
    to = request.POST.get("next", "")
    fits = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return to if fits else "/"
