"""The language of an answer: the user's, else what the visitor chose, else the account's, else Dutch."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

Response = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(chosen(request))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def chosen(request: HttpRequest) -> str:
    """What the browser asks for doesn't count: who never chose gets Dutch, everywhere and always."""
    for language in (
        getattr(getattr(request, "user", None), "language", ""),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
        getattr(getattr(request, "account", None), "language", ""),  # who comes with a token is no user
    ):
        if language in dict(settings.LANGUAGES):
            return str(language)
    return settings.LANGUAGE_CODE
