"""A POST with an Idempotency-Key happens once: asked again within 24 hours it gets the first answer."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from mailexpert.api import problems
from mailexpert.api.models import Answer
from mailexpert.base.clock import now

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
AT_WORK = timedelta(minutes=10)  # after that the first one has died, and the second may try
LONGEST = 255


def once(request: HttpRequest, handle: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    key = request.headers.get(HEADER, "")
    if request.method != "POST" or not key:
        return handle(request)
    if len(key) > LONGEST:
        return problems.answer(400, "Bad Idempotency-Key", f"A key has at most {LONGEST} characters.")
    mine = _fingerprint(request)
    Answer.objects.filter(key=key, at__lt=now() - KEPT).delete()
    Answer.objects.filter(key=key, status=None, at__lt=now() - AT_WORK).delete()
    try:
        with transaction.atomic():
            kept = Answer.objects.create(key=key, fingerprint=mine)
    except IntegrityError:
        return _again(key, mine)
    return _first(request, handle, kept)


def _first(request: HttpRequest, handle: Callable[[HttpRequest], HttpResponse], kept: Answer) -> HttpResponse:
    try:
        response = handle(request)
    except BaseException:
        kept.delete()
        raise
    if response.status_code >= 500:
        kept.delete()
        return response
    kept.status, kept.body = response.status_code, response.content
    kept.content_type = response.headers.get("Content-Type", "")
    kept.save(update_fields=["status", "body", "content_type"])
    return response


def _again(key: str, mine: bytes) -> HttpResponse:
    kept = Answer.objects.filter(key=key).first()
    if kept is not None and bytes(kept.fingerprint) != mine:
        return problems.answer(
            409, "Idempotency-Key used before", "The same key came with another request. Use a new key."
        )
    if kept is None or kept.status is None:
        return problems.answer(409, "Still at work", "The first request with this key isn't done yet.")
    return HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)


def _fingerprint(request: HttpRequest) -> bytes:
    digest = hashlib.blake2b(digest_size=20)
    digest.update(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name in sorted(request.POST):
            digest.update(f"{name}={request.POST.getlist(name)}\n".encode())
        for name in sorted(request.FILES):
            file: Any = request.FILES[name]
            digest.update(f"{name}:{file.size}\n".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    else:
        digest.update(request.body)
    return digest.digest()
