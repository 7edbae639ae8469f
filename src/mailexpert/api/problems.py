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


TITLES = {
    400: ("The request can't be read", "Look at its headers, and at how its body is put together."),
    405: ("Not this method", "`Allow` names those that this address has."),
    500: (
        "An error of ours",
        "It is in our log. Try again later; a POST with an Idempotency-Key happens once.",
    ),
}


def instead_of(page: HttpResponse) -> HttpResponse:
    """The document in the place of Django's own page for an error."""
    title, detail = TITLES.get(page.status_code, (page.reason_phrase, ""))
    said = answer(page.status_code, title, detail)
    if "Allow" in page.headers:
        said["Allow"] = page["Allow"]
    return said


def too_large() -> HttpResponse:
    return answer(
        413, "The request is too large", "Send files as multipart/form-data, and at most 5 MB of JSON."
    )


def away() -> HttpResponse:
    response = answer(503, "The database is away", "Nothing was done. Try again in a moment.")
    response["Retry-After"] = "5"
    return response


def not_found(_request: HttpRequest) -> HttpResponse:
    return answer(404, "Not found", "There is nothing at this address, or it belongs to another account.")


def unauthorised() -> HttpResponse:
    response = answer(401, "Unauthorised", "Send `Authorization: Bearer` with a token of your account.")
    response["WWW-Authenticate"] = "Bearer"
    return response
