"""The REST API: its door, its errors, and its rooms."""

import re
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from mailexpert.api import problems
from mailexpert.api.description import DescribedAPI
from mailexpert.api.problems import Problem
from mailexpert.api.routes import (
    contacts,
    content,
    domains,
    experiments,
    forms,
    imports,
    lists,
    mailings,
    orders,
    segments,
)

# What sets a mailing on its way or holds it; looking it over changes nothing. Every other POST writes.
SENDS = re.compile(r"/mailings/[0-9]+/(?:doubtful/)?(?:send|pause|resume|cancel)$")
READS = re.compile(r"/mailings/[0-9]+/checks$")


def scope_of(method: str, path: str) -> str:
    """What a token must be allowed for this request: read, write or send."""
    if method in ("GET", "HEAD") or READS.search(path):
        return "read"
    return "send" if SENDS.search(path) else "write"


class Token(HttpBearer):
    """The middleware has looked the token up and entered its account; here the door shuts without one, and for what
    it wasn't made for."""

    def __call__(self, request: HttpRequest) -> Any | None:
        token = getattr(request, "token", None)
        needed = scope_of(request.method or "", request.path)
        if token is not None and not token.may(needed):
            raise Problem(403, "Not with this token", f"It was made without the right to {needed}.")
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        return getattr(request, "token", None)


api = DescribedAPI(
    title="MailExpert",
    version="1",
    description=(
        "Everything of one account: the one that the token belongs to. Errors are problem documents (RFC 9457). "
        "Lists come newest first, a page at a time: pass `next` as `cursor`. A POST with an Idempotency-Key "
        "happens once within 24 hours."
    ),
    auth=Token(),
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
)
for path, router in (
    ("/lists", lists.router),
    ("/contacts", contacts.router),
    ("/imports", imports.router),
    ("", content.router),
    ("/segments", segments.router),
    ("/forms", forms.router),
    ("/mailings", mailings.router),
    ("/mailings", experiments.router),
    ("/domains", domains.router),
    ("/orders", orders.router),
):
    api.add_router(path, router)


@api.exception_handler(Problem)
def said(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.answer(problem.status, problem.title, problem.detail, **problem.fields)


@api.exception_handler(ValidationError)
def unfit(_request: HttpRequest, problem: ValidationError) -> HttpResponse:
    errors = [
        {"where": ".".join(str(part) for part in error["loc"][1:]), "message": str(error["msg"])}
        for error in problem.errors
    ]
    first = f"{errors[0]['where']}: {errors[0]['message']}" if errors else ""
    return problems.answer(422, "The request doesn't fit", first, errors=errors)


@api.exception_handler(AuthenticationError)
def outside(_request: HttpRequest, _problem: AuthenticationError) -> HttpResponse:
    return problems.unauthorised()


@api.exception_handler(Http404)
def missing(request: HttpRequest, _problem: Http404) -> HttpResponse:
    return problems.not_found(request)


@api.exception_handler(HttpError)
def refused(_request: HttpRequest, problem: HttpError) -> HttpResponse:
    return problems.answer(problem.status_code, str(problem))


@api.exception_handler(RequestDataTooBig)
def too_large(_request: HttpRequest, _problem: RequestDataTooBig) -> HttpResponse:
    return problems.too_large()


@api.exception_handler(OperationalError)
def away(_request: HttpRequest, _problem: OperationalError) -> HttpResponse:
    return problems.away()
