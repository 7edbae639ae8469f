"""Who has the same draft open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailexpert.accounts.access import member_required
from mailexpert.content.revisions import Owner
from mailexpert.content.views_present import Open, answer
from mailexpert.mailings.models import Mailing


@require_safe
@never_cache
@member_required
def present(request: HttpRequest, mailing_id: int) -> HttpResponse:
    found = get_object_or_404(Mailing, id=mailing_id)
    page = reverse("mailings:show", args=[found.pk])
    owner = Owner(mailing_id=found.pk)
    return answer(request, Open(owner=owner, version=found.version, at=found.updated_at, page=page))
