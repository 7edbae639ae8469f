"""Pages for everyone: the agreements of an account, and what our cookies are for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from mailexpert.accounts.agreements import PROCESSING, TERMS, agreement
from mailexpert.core import register


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _agreement(request, TERMS)


@require_safe
def processing_agreement(request: HttpRequest) -> HttpResponse:
    return _agreement(request, PROCESSING)


def _agreement(request: HttpRequest, document: str) -> HttpResponse:
    text = agreement(document, translation.get_language() or "nl")
    return render(request, "accounts/agreement.html", {"agreement": text})


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/cookies.html", {"cookies": register.cookies().values()})
