"""What the running pages answer to a visitor without cookies (A1, A17, A19, A20, A21, A26, A32)."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _
from selectolax.lexbor import LexborHTMLParser

from mailexpert.core import promises, register
from mailexpert.core.promises import Ground, Outcome, broken, check, kept
from mailexpert.privacy.checks.wire import Answer, fetch
from mailexpert.privacy.models import Question

PUBLIC = (
    "/",
    "/beloften/",
    "/en/promises/",
    "/privacy/",
    "/en/privacy/",
    "/cookies/",
    "/voorwaarden/",
    "/contact/",
)
SETTINGS = (
    "profiel", "organisatie", "gebruikers", "mails", "pakket", "cookies", "privacy", "apparaten",
)  # fmt: skip
DOOR = "/inloggen/"
LOADING = (
    "script[src]",
    "img[src]",
    "iframe[src]",
    "source[src]",
    "video[src]",
    "link[rel=stylesheet][href]",
    "link[rel=icon][href]",
    "link[rel=preload][href]",
    "link[rel=preconnect][href]",
)
# Fields of the form that are stored under another name, or not at all.
ELSEWHERE = {"organisation": "name", "password1": "password"}
NOT_STORED = {"csrfmiddlewaretoken", "next", "language", "theme", "agreed", "kind"}


@check("A1", "fields")
def only_declared_fields_are_asked(ground: Ground) -> Outcome:
    page = _page(ground, "/aanmelden/")
    if page.status != 200:
        return broken(_("%(path)s answers %(status)s"), path="/aanmelden/", status=page.status)
    asked = {
        str(node.attributes.get("name"))
        for node in LexborHTMLParser(page.body).css("input, textarea, select")
    }
    asked = {ELSEWHERE.get(name, name) for name in asked - NOT_STORED - {"None"}}
    known = {
        column
        for name, table in register.tables().items()
        if name.startswith("accounts_")
        for column in table.columns
    }
    strange = sorted(asked - known)
    if strange or not asked:
        return broken(_("the form asks what no register holds: %(names)s"), names=", ".join(strange) or "-")
    return kept(_("%(count)s fields asked, all of them in the data register"), count=len(asked))


@check("A17", "contact")
def security_txt_is_valid(ground: Ground) -> Outcome:
    """RFC 9116: a contact, and an end that lies ahead."""
    answer = _page(ground, "/.well-known/security.txt")
    lines = [
        line.split(":", 1) for line in answer.body.splitlines() if ":" in line and not line.startswith("#")
    ]
    fields = [(name.strip().lower(), value.strip()) for name, value in lines]
    contacts = [value for name, value in fields if name == "contact"]
    ends = [value for name, value in fields if name == "expires"]
    if answer.status != 200 or not answer.header("Content-Type").startswith("text/plain"):
        return broken(
            _("%(path)s answers %(status)s"), path="/.well-known/security.txt", status=answer.status
        )
    if not contacts or len(ends) != 1:
        return broken(_("security.txt names no contact or no end"))
    if datetime.fromisoformat(ends[0]) <= ground.now:
        return broken(_("security.txt has expired on %(date)s"), date=ends[0][:10])
    if _page(ground, "/contact/").status != 200:
        return broken(
            _("%(path)s answers %(status)s"), path="/contact/", status=_page(ground, "/contact/").status
        )
    return kept(_("security.txt holds until %(date)s"), date=ends[0][:10])


@check("A17", "answers")
def questions_are_answered_in_time(ground: Ground) -> Outcome:
    waiting = Question.objects.filter(answered_at=None)
    late = waiting.filter(due_at__lt=ground.now).count()
    if late:
        return broken(_("questions past their deadline: %(late)s"), late=late)
    return kept(_("questions open: %(count)s, none past its deadline"), count=waiting.count())


@check("A19", "explained")
def cookies_are_explained(ground: Ground) -> Outcome:
    page = _page(ground, "/cookies/")
    missing = sorted(name for name, cookie in register.cookies().items() if name not in page.body)
    if page.status != 200 or missing:
        return broken(
            _("the page on cookies doesn’t name %(names)s"), names=", ".join(missing) or page.status
        )
    return kept(
        _("the page on cookies names all %(count)s and tells how to delete them"),
        count=len(register.cookies()),
    )


@check("A20", "without")
def public_pages_need_no_cookie(ground: Ground) -> Outcome:
    for path in PUBLIC:
        page = _page(ground, path)
        if page.status != 200:
            return broken(_("%(path)s answers %(status)s"), path=path, status=page.status)
        if page.cookies:
            return broken(_("%(path)s sets %(names)s"), path=path, names=", ".join(page.cookies))
    return kept(_("%(count)s public pages read without a cookie, none of them set one"), count=len(PUBLIC))


@check("A21", "third_parties")
def nothing_comes_from_third_parties(ground: Ground) -> Outcome:
    ours = {urlsplit(ground.env.base_url).netloc, urlsplit(ground.env.track_url).netloc, ""}
    for path in (*PUBLIC, DOOR):
        page = _page(ground, path)
        strange = sorted({*_loaded(page.body), *_allowed(page)} - ours)
        if strange or not page.header("Content-Security-Policy"):
            return broken(_("%(path)s loads from %(hosts)s"), path=path, hosts=", ".join(strange) or "*")
    return kept(
        _("%(count)s pages before a choice: nothing from others, and the content policy lets nothing in"),
        count=len(PUBLIC) + 1,
    )


def _loaded(body: str) -> Iterator[str]:
    tree = LexborHTMLParser(body)
    for selector in LOADING:
        for node in tree.css(selector):
            yield urlsplit(node.attributes.get("src") or node.attributes.get("href") or "").netloc


def _allowed(page: Answer) -> Iterator[str]:
    """Hosts that the content policy would let in."""
    for word in re.split(r"[;\s]+", page.header("Content-Security-Policy")):
        if "." in word or word == "*" or word in {"https:", "http:"}:
            yield urlsplit(word).netloc or word


@check("A26", "pages")
def every_setting_has_its_page(ground: Ground) -> Outcome:
    """Seen from outside each leads to the door; a page that isn't there would say so."""
    gone = [
        name
        for name in SETTINGS
        if not _page(ground, f"/instellingen/{name}/").header("Location").startswith(DOOR)
    ]
    if gone:
        return broken(_("not found under Settings & Options: %(names)s"), names=", ".join(gone))
    return kept(_("%(count)s of %(count)s parts of Settings & Options are there"), count=len(SETTINGS))


@check("A32", "page")
def the_public_page_shows_each_promise(ground: Ground) -> Outcome:
    for path in ("/beloften/", "/en/promises/"):
        page = _page(ground, path)
        tree = LexborHTMLParser(page.body)
        shown = {node.attributes.get("id") for node in tree.css("tr[id]")}
        missing = [one.id for one in promises.promises() if f"belofte-{one.number}" not in shown]
        if page.status != 200 or missing:
            return broken(
                _("%(path)s doesn’t show %(names)s"), path=path, names=", ".join(missing) or page.status
            )
    return kept(_("this page shows %(count)s promises with their last check"), count=len(promises.promises()))


def _page(ground: Ground, path: str) -> Answer:
    return fetch(ground.env.base_url + path)
