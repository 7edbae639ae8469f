"""Asking us something, and security.txt (RFC 9116)."""

from datetime import UTC

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import from_our_pages
from mailexpert.accounts.client import client_ip
from mailexpert.base import env, keys
from mailexpert.privacy.actions_questions import ask
from mailexpert.privacy.queries import security_contact
from mailexpert.site.forms_contact import QuestionForm

MOST, WITHIN_SECONDS = 5, 3600


@csrf_exempt  # a token would cost every visitor a cookie
@from_our_pages
def contact(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST or None)
    if request.method != "POST":
        return render(request, "site/contact.html", {"form": form})
    if form.is_valid():
        if form.cleaned_data["website"]:
            return _thanked(request)
        if _too_many(request):
            form.add_error(None, _("That was too often. Wait an hour, then try again."))
            return render(request, "site/contact.html", {"form": form}, status=429)
        given = {name: form.cleaned_data[name] for name in ("about", "name", "email", "text")}
        ask(**given, language=translation.get_language() or "nl")
        return _thanked(request)
    return render(request, "site/contact.html", {"form": form}, status=422)


def _thanked(request: HttpRequest) -> HttpResponse:
    return render(request, "site/contact_thanks.html")


def _too_many(request: HttpRequest) -> bool:
    """Counted under a keyed hash: the address itself is nobody's business here."""
    key = "question:" + keys.keyed_hash(client_ip(request), "contact page").hex()
    cache.add(key, 0, WITHIN_SECONDS)
    return cache.incr(key) > MOST


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    found, base = security_contact(), env.load().base_url
    lines = [f"Contact: {base}/contact/"]
    if found is not None and found.address:
        lines.insert(0, f"Contact: mailto:{found.address}")
    if found is not None:
        lines.append(f"Expires: {found.expires_at.astimezone(UTC).isoformat(timespec='seconds')}")
    lines += [
        "Preferred-Languages: nl, en",
        f"Canonical: {base}/.well-known/security.txt",
        f"Policy: {base}/en/privacy/",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
