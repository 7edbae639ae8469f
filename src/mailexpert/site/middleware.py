"""Writes down, in the account's own record, that a user saw the notice of a coming version."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mailexpert.accounts.actions import OPERATOR
from mailexpert.accounts.models import User
from mailexpert.accounts.queries import accounts_of
from mailexpert.privacy.actions_policy import note_told
from mailexpert.privacy.models import EditionNotice, Told
from mailexpert.privacy.queries_policy import all_coming
from mailexpert.privacy.queries_staff import has_signed

log = logging.getLogger(__name__)
OPEN = (
    "/beheer/",
    "/uitloggen/",
    "/inloggen/",
    "/instellingen/",
    "/taal/",
    "/thema/",
    "/privacy/",
    "/nieuws/",
)
Channel = EditionNotice.Channel
SEEN = "seen_editions"  # in the session: one look at the record a session, not one a page
Next = Callable[[HttpRequest], HttpResponse]


class NoticeMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        account = getattr(request, "account", None)
        if request.method == "POST" and request.path == reverse("account_login"):
            self._note_login(request, response)
        elif account is not None and isinstance(request.user, User):
            self._note_banner(request, account.id, request.user)
        return response

    @staticmethod
    def _note_banner(request: HttpRequest, account_id: int, user: User) -> None:
        shown = getattr(request, "shown_editions", [])
        known = request.session.get(SEEN, [])
        new = [edition_id for edition_id in shown if edition_id not in known]
        for edition_id in new:
            note_told(account_id, edition_id, Channel.BANNER, Told.Act.SEEN, user_id=user.pk)
        if new:
            request.session[SEEN] = [*known, *new]

    @staticmethod
    def _note_login(request: HttpRequest, response: HttpResponse) -> None:
        """Who logs in has had the notice on the login page before their eyes."""
        if response.status_code != 302 or not isinstance(request.user, User):
            return
        coming = all_coming()
        if not coming:
            return
        for account in accounts_of(request.user):
            for edition in coming:
                note_told(account.id, edition.id, Channel.LOGIN, Told.Act.SEEN, user_id=request.user.pk)


class SignedMiddleware:
    """The operator's own account holds the customers as contacts: staff enter it after they signed. Pages about
    their own login stay open."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = getattr(request, "account", None)
        is_operator = account is not None and account.slug == OPERATOR
        is_open = request.path == "/" or request.path.startswith(OPEN)
        if is_operator and not is_open and isinstance(request.user, User) and not has_signed(request.user):
            log.warning("user %s has not signed and was refused %s", request.user.pk, request.path)
            return redirect("site:sign")
        return self.get_response(request)
