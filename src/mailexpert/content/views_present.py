"""Who is here too, and whether they saved: an open page asks every few seconds, so that nobody learns it by saving."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required, user_of
from mailexpert.accounts.models import User
from mailexpert.content import present, revisions
from mailexpert.content.models import Template
from mailexpert.content.revisions import Owner


@dataclass(frozen=True, kw_only=True)
class Open:
    """What stands open in a page: `version` and `at` as it is stored now, `page` to open that."""

    owner: Owner
    version: int
    at: datetime
    page: str


@require_safe
@never_cache
@member_required
def of_template(request: HttpRequest, template_id: int) -> HttpResponse:
    found = get_object_or_404(Template, id=template_id)
    page = reverse("content:edit", args=[found.pk])
    owner = Owner(template_id=found.pk)
    return answer(request, Open(owner=owner, version=found.version, at=found.updated_at, page=page))


def answer(request: HttpRequest, what: Open) -> HttpResponse:
    """Nothing (204) while it is as the page says it already, so that a screen reader isn't told again."""
    user = user_of(request)
    others = present.beat(what.owner, user, timezone.now())
    saved = _saved_by_other(what, user, request.GET.get("version", ""))
    context = {
        "others": ", ".join(one.full_name or one.email for one in others),
        "count": len(others),
        "saved": saved,
        "what": what,
    }
    seen = f"{','.join(str(one.pk) for one in others)} {what.version if saved else ''}".strip()
    if seen == request.GET.get("seen", ""):
        return HttpResponse(status=204)
    return render(request, "content/parts/present.html", context | {"seen": seen})


def _saved_by_other(what: Open, user: User, version: str) -> dict[str, str] | None:
    """Who saved what this page doesn't show yet. One's own save on its way is nobody else's."""
    if not version.isdecimal() or int(version[:9]) >= what.version:
        return None
    newest = revisions.of(what.owner).first()
    if newest is not None and newest.by_id == user.pk:
        return None
    by = newest.by if newest else None
    return {"who": (by.full_name or by.email) if by else ""}
