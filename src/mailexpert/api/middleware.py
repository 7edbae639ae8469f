"""A request with a token runs inside the token's account."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mailexpert.accounts import queries as accounts
from mailexpert.accounts.models import Account
from mailexpert.api import idempotency
from mailexpert.core.scope import account

PATH = "/api/"
SCHEME = "bearer"


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PATH):
            return self.get_response(request)
        # A session's cookie opens no door here: another site could make a browser send it.
        request.account = request.token = None  # type: ignore[attr-defined]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        found = accounts.account_of_token(token.strip()) if scheme.lower() == SCHEME else None
        if found is None:
            return self.get_response(request)
        account_id, row = found
        with account(account_id):
            request.account = Account.objects.get(id=account_id)  # type: ignore[attr-defined]
            request.token = row  # type: ignore[attr-defined]
            return idempotency.once(request, self.get_response)
