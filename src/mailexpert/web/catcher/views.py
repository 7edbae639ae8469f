"""The catcher's pages: what was caught, and each mail as it looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailexpert.base import env
from mailexpert.sending.models import CaughtMail
from mailexpert.web.catcher import letters, queries, rules

LONGEST_SEARCH = 200
LARGEST_SHOWN = 500_000  # characters of source on a page; the rest is in the download
View = Callable[..., HttpResponse]


def catcher_only(view: View) -> View:
    """Where mail stays on this machine, for those who may see some of it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not env.load().uses_catcher:
            raise Http404(_("Mail leaves this machine, so nothing is caught."))
        seen = _seen_by(request)
        if seen.is_nothing:
            return redirect_to_login(request.get_full_path())
        return view(request, seen, *args, **kwargs)

    return guarded


def _seen_by(request: HttpRequest) -> rules.Visible:
    account = getattr(request, "account", None)
    here = rules.is_this_machine(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_HOST", ""),
        is_forwarded=any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")),
    )
    return rules.visible(account_id=account.id if account else None, on_this_machine=here)


@require_safe
@never_cache
@catcher_only
def mails(request: HttpRequest, seen: rules.Visible) -> HttpResponse:
    search = request.GET.get("zoek", "").strip()[:LONGEST_SEARCH].replace("\0", "")
    known, before = _number(request.GET.get("sinds")), _number(request.GET.get("voor"))
    if known is not None and known == queries.newest(seen, search=search):
        return HttpResponse(status=204)  # nothing new: htmx leaves the page alone
    page = queries.page(seen, search=search, before=before)
    context = {
        "page": page,
        "search": search,
        "live_url": _url(zoek=search, sinds=str(page.newest)),
        "next_url": _url(zoek=search, voor=str(page.before)) if page.before else "",
        "previous_url": _url(zoek=search, voor=str(page.after or "")) if page.after is not None else "",
        "count": queries.count(seen),
    }
    if request.headers.get("HX-Request"):
        return render(request, "web/catcher/parts/mails.html", context)
    return _page(request, "web/catcher/mails.html", context)


@require_safe
@never_cache
@catcher_only
def mail(request: HttpRequest, seen: rules.Visible, mail_id: int, show: str) -> HttpResponse:
    found = _mail(seen, mail_id)
    letter = letters.read(bytes(found.raw))
    show = "text" if show == "looks" and not letter.html else show
    source = bytes(found.raw[: LARGEST_SHOWN * 4]).decode("utf-8", "replace") if show == "source" else ""
    context = {
        "mail": found,
        "letter": letter,
        "show": show,
        "text": letters.with_links(letter.text) if show == "text" else "",
        "source": source[:LARGEST_SHOWN],
        "is_cut": len(source) > LARGEST_SHOWN,
    }
    return _page(request, "web/catcher/mail.html", context)


@require_safe
@never_cache
@catcher_only
def frame(_request: HttpRequest, seen: rules.Visible, mail_id: int) -> HttpResponse:
    """The mail's own HTML, which we don't trust: no script, no form, no cookie, an origin of its own."""
    letter = letters.read(bytes(_mail(seen, mail_id).raw))
    response = HttpResponse(letters.for_frame(letter.html))
    response["Content-Security-Policy"] = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"img-src data: 'self' {env.load().base_url}; style-src 'unsafe-inline'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@never_cache
@catcher_only
def source(_request: HttpRequest, seen: rules.Visible, mail_id: int) -> HttpResponse:
    return _download(bytes(_mail(seen, mail_id).raw), f"mail-{mail_id}.eml")


@require_safe
@never_cache
@catcher_only
def attachment(_request: HttpRequest, seen: rules.Visible, mail_id: int, number: int) -> HttpResponse:
    for one in letters.read(bytes(_mail(seen, mail_id).raw)).attachments:
        if one.number == number:
            return _download(one.content, one.name)
    raise Http404(_("This mail has no such attachment."))


@require_POST
@catcher_only
def delete_all(request: HttpRequest, seen: rules.Visible) -> HttpResponse:
    deleted = queries.delete_all(seen)
    words = ngettext("%(n)s caught mail is gone.", "%(n)s caught mails are gone.", deleted)
    messages.success(request, words % {"n": deleted})
    return redirect("catcher:mails")


def _mail(seen: rules.Visible, mail_id: int) -> CaughtMail:
    found = queries.mail(seen, mail_id)
    if found is None:
        raise Http404(_("This mail isn't in the catcher (any more)."))
    return found


def _download(content: bytes, name: str) -> HttpResponse:
    """Always saved, never shown: what is in it comes from outside."""
    response = HttpResponse(content, content_type="application/octet-stream")
    safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in name if c.isascii())[:100] or "bijlage"
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    inside = getattr(request, "account", None) is not None
    layout = "web/page.html" if inside else "web/catcher/visitor.html"
    return render(request, template, {**context, "layout": layout})


def _url(**query: str) -> str:
    filled = urlencode({name: value for name, value in query.items() if value})
    return reverse("catcher:mails") + (f"?{filled}" if filled else "")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
