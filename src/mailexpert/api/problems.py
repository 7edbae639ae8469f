"""Errors as problem documents (RFC 9457): what happened, what was kept, what to do."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is no success. `fields` adds members of its own to the document."""

    def __init__(self, status: int, title: str, detail: str = "", **fields: Any) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.fields = status, title, detail, fields


def answer(status: int, title: str, detail: str = "", **fields: Any) -> HttpResponse:
    document = {"type": "about:blank", "title": title, "status": status, **fields}
    if detail:
        document["detail"] = detail
    return JsonResponse(document, status=status, content_type=TYPE)


def not_found(_request: HttpRequest) -> HttpResponse:
    return answer(404, "Not found", "There is nothing at this address, or it belongs to another account.")


def unauthorised() -> HttpResponse:
    response = answer(401, "Unauthorised", "Send `Authorization: Bearer` with a token of your account.")
    response["WWW-Authenticate"] = "Bearer"
    return response
