"""The policy for everyone: the text that holds with each promise's last check, all versions, and what changes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mailexpert.privacy import queries_policy as queries
from mailexpert.privacy.models import Document
from mailexpert.privacy.moment import moment
from mailexpert.privacy.rules_text import compare, shortened
from mailexpert.site.promises import states

PUBLIC = {Document.POLICY, Document.TERMS, Document.PROCESSING}


@require_safe
def policy(request: HttpRequest, language: str) -> HttpResponse:
    translation.activate(language)
    found = queries.in_force(Document.POLICY, language)
    return _show(request, found, language)


@require_safe
def version(request: HttpRequest, document: str, number: int, language: str) -> HttpResponse:
    """The address that a version keeps for ever, also when another one holds."""
    translation.activate(language)
    return _show(request, _edition(document, number, language), language)


@require_safe
def changes(request: HttpRequest, document: str, number: int, language: str) -> HttpResponse:
    """A version beside the one before it."""
    translation.activate(language)
    after = _edition(document, number, language)
    before = queries.before(document, number, language)
    rows = compare(before.source if before else "", after.source)
    is_whole = "alles" in request.GET or before is None
    context = {
        "before": before,
        "after": after,
        "rows": rows if is_whole else shortened(rows),
        "is_whole": is_whole,
        "changed": sum(row.change != "same" for row in rows),
        "coming": announcement(document, number),
        "other": _other("changes", language, [document, number]),
    }
    return render(request, "site/changes.html", context)


def _show(request: HttpRequest, found: queries.Reading, language: str) -> HttpResponse:
    context: dict[str, Any] = {
        "reading": found,
        "text": found.text,
        "states": states(language) if found.document == Document.POLICY else {},
        "history": queries.history(found.document),
        "coming": announcement(found.document),
        "is_policy": found.document == Document.POLICY,
        "other": _other("version", language, [found.document, found.number]),
    }
    return render(request, "site/policy.html", context)


def _edition(document: str, number: int, language: str) -> queries.Reading:
    if document not in PUBLIC:
        raise Http404(_("There is no such page."))
    try:
        return queries.edition(document, number, language)
    except queries.NoEdition as problem:
        raise Http404(_("There is no such version.")) from problem


def announcement(document: str, number: int = 0) -> dict[str, Any] | None:
    """The announcement, as it is drawn: when, in how many days, how far of the thirty."""
    found = queries.coming(document)
    if found is None or (number and found.number != number) or found.announced_at is None:
        return None
    now = moment()
    at = queries.expected_effect(found, now)
    whole = max((at - found.announced_at).total_seconds(), 1)
    gone = (now - found.announced_at).total_seconds()
    return {
        "edition": found,
        "at": at,
        "days": max((at.date() - now.date()).days, 0),
        "is_sure": found.effective_at is not None,
        "width": f"{min(max(100 * gone / whole, 0), 100):.2f}%",
    }


def _other(name: str, language: str, arguments: list[Any]) -> dict[str, str]:
    """The same page in each language."""
    return {one: reverse(f"site:{name}-{one}", args=arguments) for one in ("nl", "en")}
