"""What pages need about visits: the choice on cookies, where a visit is told, and tags after consent."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from mailexpert.base import env
from mailexpert.privacy.choice import ANALYTICS, CONVERSIONS, INTERESTS, Choice, choice_of
from mailexpert.privacy.models import Edition, Look, Told
from mailexpert.site.models import Tags

WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    INTERESTS: (
        _("Interests"),
        _("We see which pages of our site one browser looked at, to learn what people look for."),
    ),
    ANALYTICS: (
        _("Web analytics by Google"),
        _("Google Analytics counts visits. Google gets your IP address and sets its own cookies."),
    ),
    CONVERSIONS: (
        _("Advertisements"),
        _(
            "We link the advertisement you clicked with your registration; Microsoft Advertising may set cookies."
        ),
    ),
}


@dataclass(frozen=True, kw_only=True)
class PurposeLine:
    key: str
    label: str | Promise
    text: str | Promise
    on: bool


def visits(request: HttpRequest) -> dict[str, Any]:
    choice = choice_of(request)
    return {
        "choice": choice,
        "choice_purposes": [
            PurposeLine(key=key, label=label, text=text, on=choice.allows(key))
            for key, (label, text) in WORDS.items()
        ],
        "visit": {
            "address": f"{env.load().track_url}/t/v",
            "page": page_of(request),
            "is_search": request.path == "/zoeken/",
        },
        "looks": SimpleLazyObject(lambda: list(Look.objects.order_by("-at")[:50])),
        "told_record": SimpleLazyObject(told_record),
        "tags": SimpleLazyObject(lambda: tags_for(request, choice)),
    }


def told_record() -> list[tuple[Told, Edition | None]]:
    """What the active account was told, each with the version it is about."""
    rows = list(Told.objects.order_by("-at")[:100])
    editions = Edition.objects.in_bulk({row.edition_id for row in rows})
    return [(row, editions.get(row.edition_id)) for row in rows]


def page_of(request: HttpRequest) -> str:
    """The page without what its address says about a person: ids and keys stay out of the log."""
    match = request.resolver_match
    if match is None or not (match.kwargs or match.args):
        return request.path
    if match.namespaces == ["site"] and not hasattr(request, "staff_page"):
        return request.path
    return "/" + re.sub(r"\(\?P<(\w+)>[^)]*\)+|<(?:\w+:)?(\w+)>", r"<\1\2>", match.route).strip("^$")


def tags_for(request: HttpRequest, choice: Choice) -> Tags | None:
    """The tags that this visitor agreed to; the response's content policy lets exactly these in."""
    found = Tags.objects.first()
    if found is None or not (choice.allows(ANALYTICS) or choice.allows(CONVERSIONS)):
        return None
    shown = Tags(
        google=found.google if choice.allows(ANALYTICS) else "",
        microsoft=found.microsoft if choice.allows(CONVERSIONS) else "",
    )
    if not (shown.google or shown.microsoft):
        return None
    request.shown_tags = shown  # type: ignore[attr-defined]
    return shown
