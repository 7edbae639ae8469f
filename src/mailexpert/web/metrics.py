"""The web's own figures, at `/metrics` on its port: only for who brings the token of `mailexpert metrics-token`.
Behind a proxy everyone seems to come from this machine, so an address is no proof."""

import hmac
import os
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.base import keys, metrics

Response = Callable[[HttpRequest], HttpResponse]
WORKER = str(os.getpid())

requests = metrics.Counter(
    "mailexpert_web_requests", "Answers of this worker, by class of status.", ["status", "worker"]
)
seconds = metrics.Histogram(
    "mailexpert_web_seconds",
    "How long answers took in this worker.",
    ["worker"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class CountingMiddleware:
    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        requests.labels(f"{response.status_code // 100}xx", WORKER).inc()
        seconds.labels(WORKER).observe(time.monotonic() - began)
        return response


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    right = keys.derive("metrics").hex()
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), right.encode()):
        return HttpResponse(
            "Bring the token of `mailexpert metrics-token`.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
