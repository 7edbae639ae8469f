"""Puts a logged-in user inside an account for the length of the request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mailexpert.accounts.models import Account, Membership
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall

SESSION_KEY = "account_id"


class AccountMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.account = None  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        membership = self._membership(request)
        if membership is None:
            return self.get_response(request)
        with account(membership.account_id):
            request.membership = membership  # type: ignore[attr-defined]
            request.account = Account.objects.get(id=membership.account_id)  # type: ignore[attr-defined]
            return self.get_response(request)

    @staticmethod
    def _membership(request: HttpRequest) -> Membership | None:
        """The account that was chosen in this session, else the user's first."""
        with beside_wall(Beside.LOGIN):
            mine = Membership.objects.filter(user_id=request.user.pk).order_by("id")
            return mine.filter(account_id=request.session.get(SESSION_KEY, 0)).first() or mine.first()
