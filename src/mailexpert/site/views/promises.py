"""The promises for everyone: each with the result of its last check, also when we don't like it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailexpert.privacy import queries
from mailexpert.privacy.models import Document
from mailexpert.privacy.queries import Standing
from mailexpert.site.views.policy import announcement

TURNS = 200


@require_safe
def promises(request: HttpRequest, language: str) -> HttpResponse:
    translation.activate(language)
    standings = queries.public_promises(language)
    times = [one.checked_at for one in standings if one.checked_at]
    context: dict[str, Any] = {
        "standings": standings,
        "sections": queries.by_section(standings),
        "sum": queries.promise_sum(standings),
        "not_built": sum(one.state == "not_built" for one in standings),
        "broken": [one for one in standings if one.state == "broken"],
        "checked_at": max(times) if times else None,
        "coming": announcement(Document.POLICY),
        "other": {"nl": reverse("site:promises-nl"), "en": reverse("site:promises-en")},
        "language": language,
    }
    return render(request, "site/promises.html", context)


@require_safe
def history(request: HttpRequest, number: int, language: str) -> HttpResponse:
    translation.activate(language)
    found = _find(number, language)
    turns = [
        {"turn": turn, "evidence": queries.sentences(turn.said)} for turn in queries.history(found.id, TURNS)
    ]
    other = {one: reverse(f"site:promise-{one}", args=[number]) for one in ("nl", "en")}
    context = {"one": found, "turns": turns, "other": other, "language": language}
    return render(request, "site/promise.html", context)


@require_safe
def subprocessors(request: HttpRequest, language: str) -> HttpResponse:
    """Who handles data for us, and every host that we connect to (articles 13 and 28 GDPR)."""
    from mailexpert.base import env, outgoing

    translation.activate(language)
    own = {"own pages", "own tracking address"}
    context = {
        "companies": [
            {"row": one, "purpose": one.purpose_nl if language == "nl" else one.purpose_en}
            for one in queries.subprocessors()
        ],
        "hosts": [host for host in outgoing.declared(env.load()) if host.purpose not in own],
        "other": {one: reverse(f"site:subprocessors-{one}") for one in ("nl", "en")},
        "language": language,
    }
    return render(request, "site/subprocessors.html", context)


def _find(number: int, language: str) -> Standing:
    for one in queries.public_promises(language):
        if one.number == number:
            return one
    raise Http404(_("There is no such promise."))
