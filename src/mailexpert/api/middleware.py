"""A request with a token runs inside the token's account; whatever goes wrong, the answer is a problem document."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from mailexpert.accounts import queries as accounts
from mailexpert.accounts.models import Account
from mailexpert.accounts.rules_closing import phase, refuses
from mailexpert.api import idempotency, problems
from mailexpert.base import clock
from mailexpert.core import doors
from mailexpert.core.scope import account

PATH = "/api/"
SCHEME = "bearer"


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PATH):
            return self.get_response(request)
        if doors.is_over(request):
            return problems.too_large()
        try:
            response = self._inside(request)
        except RequestDataTooBig:
            return problems.too_large()
        except SuspiciousOperation:
            return problems.instead_of(HttpResponseBadRequest())
        except OperationalError:
            return problems.away()
        is_ours = response.headers.get("Content-Type", "").startswith(problems.TYPE)
        return response if response.status_code < 400 or is_ours else problems.instead_of(response)

    def _inside(self, request: HttpRequest) -> HttpResponse:
        # A session's cookie opens no door here: another site could make a browser send it.
        request.account = request.token = None  # type: ignore[attr-defined]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        found = accounts.account_of_token(token.strip()) if scheme.lower() == SCHEME else None
        if found is None:
            return self.get_response(request)
        account_id, row = found
        with account(account_id):
            mine = Account.objects.get(id=account_id)
            if refuses(phase(mine.closing_at, clock.now()), request.method or "", request.path):
                return problems.answer(
                    403, "Account is ending", "Notice was given; nothing can be changed any more."
                )
            request.account = mine  # type: ignore[attr-defined]
            request.token = row  # type: ignore[attr-defined]
            return idempotency.once(request, self.get_response)
