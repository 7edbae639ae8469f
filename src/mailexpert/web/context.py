"""What every page knows: navigation, theme, account, and whether mail leaves this machine."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _

from mailexpert.base import env
from mailexpert.core.navigation import entries
from mailexpert.privacy.models import Edition
from mailexpert.privacy.queries import promise_sum, public_promises
from mailexpert.privacy.queries_policy import all_coming, expected_effect
from mailexpert.sending.models import Relay
from mailexpert.web import usage

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "mailexpert_theme"


@dataclass(frozen=True, kw_only=True)
class Link:
    key: str
    label: str | Promise
    icon: str
    url: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class Announced:
    """A version that is coming, on `at`, in so many days."""

    edition: Edition
    at: datetime
    days: int


def face(request: HttpRequest) -> dict[str, Any]:
    return {
        "account": getattr(request, "account", None),
        "membership": getattr(request, "membership", None),
        "theme": theme(request),
        "announced": SimpleLazyObject(lambda: announced(request)),
        "catcher": SimpleLazyObject(lambda: stays_here(request)),
        "promises": SimpleLazyObject(promises),
        "used": SimpleLazyObject(lambda: usage.foot(request)),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
    }


def announced(request: HttpRequest) -> list[Announced]:
    """The versions of policy and agreements that are coming; what is shown is noted on the request, for the
    account's record of what was seen."""
    now = timezone.now()
    found = [
        Announced(
            edition=edition, at=at, days=max((timezone.localdate(at) - timezone.localdate(now)).days, 0)
        )
        for edition in all_coming()
        for at in [expected_effect(edition, now)]
    ]
    request.shown_editions = [one.edition.id for one in found]  # type: ignore[attr-defined]
    return found


def promises() -> dict[str, Any]:
    """How many promises are kept, with the page that says which: the foot of the navigation, and the door."""
    language = translation.get_language() or "nl"
    standings = public_promises(language)
    found = promise_sum(standings)
    broken = [one for one in standings if one.is_broken]
    return {
        "state": found.state,
        "tone": "waiting" if found.state == "checking" else found.state,
        "url": reverse("site:promises-en" if language == "en" else "site:promises-nl"),
        "words": _("%(kept)s of %(total)s promises kept") % {"kept": found.kept, "total": found.total},
        "total": found.total,
        "kept": found.kept,
        "broken": found.broken,
        "checking": found.checking,
        "why": broken[0].evidence[0] if len(broken) == 1 else "",
        "at": max((one.checked_at for one in standings if one.checked_at), default=None),
    }


def stays_here(request: HttpRequest) -> bool:
    """No relay was named, by the installation or by the account: mail ends in the catcher on this machine."""
    if not env.load().uses_catcher:
        return False
    return getattr(request, "account", None) is None or not Relay.objects.filter(enabled=True).exists()


def theme(request: HttpRequest) -> str:
    """`auto` follows the device."""
    mine = getattr(getattr(request, "user", None), "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return mine if mine in THEMES else "auto"


def navigation(request: HttpRequest) -> list[Link]:
    places = [(entry, _url(entry.url_name)) for entry in entries()]
    current = _section(request, {entry.key: url for entry, url in places})
    return [
        Link(key=entry.key, label=entry.label, icon=entry.icon, url=url, current=entry.key == current)
        for entry, url in places
    ]


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse("web:home")


def _section(request: HttpRequest, urls: dict[str, str]) -> str:
    """A view may say where it belongs (`request.section`); else its namespace, else its path tells."""
    said = getattr(request, "section", "")
    if said:
        return str(said)
    match = request.resolver_match
    for namespace in match.namespaces if match else ():
        if namespace in urls:
            return namespace
    fitting = [key for key, url in urls.items() if url != "/" and request.path.startswith(url)]
    if fitting:
        return max(fitting, key=lambda key: len(urls[key]))
    return "overview" if request.path == "/" else ""
