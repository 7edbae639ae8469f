"""API tokens: shown once, kept as a hash."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import role_required, user_of
from mailexpert.accounts.actions import make_token
from mailexpert.accounts.forms_settings import TokenForm
from mailexpert.accounts.models import ApiToken
from mailexpert.core.scope import current_account


@require_safe
@role_required("admin")
def keys(request: HttpRequest) -> HttpResponse:
    return _page(request, TokenForm())


def _page(request: HttpRequest, form: TokenForm, fresh: str = "", status: int = 200) -> HttpResponse:
    tokens = ApiToken.objects.select_related("created_by").order_by("-created_at")
    context = {"tokens": tokens, "form": form, "fresh": fresh}
    return render(request, "accounts/settings/tokens.html", context, status=status)


@require_POST
@role_required("admin")
@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """Answers with the token itself: a redirect would have to keep it somewhere in between."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    fresh = make_token(current_account(), given["name"], given["scopes"], created_by=user_of(request))
    return _page(request, TokenForm(), fresh=fresh)


@require_POST
@role_required("admin")
def revoke(request: HttpRequest, id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, id=id)
    token.delete()
    messages.success(request, _("Token “%(name)s” no longer works.") % {"name": token.name})
    return redirect("settings:tokens")
