"""The mail servers that an account's mailings leave through."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts.access import role_required
from mailexpert.base import env
from mailexpert.sending import actions_relays, probe, queries
from mailexpert.sending.forms import LimitForm, RelayForm
from mailexpert.sending.models import Relay
from mailexpert.sending.words import limit_rows, probe_words, share_rows


@require_http_methods(["GET", "HEAD"])
@role_required("admin")
def relays(request: HttpRequest) -> HttpResponse:
    rows = share_rows(list(Relay.objects.order_by("-enabled", "-weight", "id")))
    context = {
        "rows": rows,
        "in_use": any(row.relay.enabled for row in rows),
        "uses_catcher": env.load().uses_catcher and not queries.installation_has_relays(),
        "tempo": queries.tempo(),
        "warmups": queries.warmups(),
    }
    return render(request, "sending/relays.html", context)


@require_http_methods(["GET", "POST"])
@role_required("admin")
@sensitive_post_parameters("password", "client_secret")
def add(request: HttpRequest) -> HttpResponse:
    form = RelayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.success(request, _("Saved. Test the connection before your next mailing."))
        return redirect("sending:relay-edit", made.id)
    return _page(request, form, None, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required("admin")
@sensitive_post_parameters("password", "client_secret")
def edit(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Relay, id=id)
    form = RelayForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Test the connection before your next mailing."))
        return redirect("sending:relay-edit", found.id)
    return _page(request, form, get_object_or_404(Relay, id=id), status=422 if form.errors else 200)


@require_POST
@role_required("admin")
def test(request: HttpRequest, id: int) -> HttpResponse:
    """Try the stored relay and say what happened."""
    found = get_object_or_404(Relay, id=id)
    return _page(request, RelayForm(instance=found), found, tried=probe.probe(probe.host_of(found)))


@require_POST
@role_required("admin")
def turn_on(request: HttpRequest, id: int) -> HttpResponse:
    actions_relays.switch(get_object_or_404(Relay, id=id), on=True)
    return redirect("sending:relay")


@require_POST
@role_required("admin")
def turn_off(request: HttpRequest, id: int) -> HttpResponse:
    try:
        actions_relays.switch(get_object_or_404(Relay, id=id), on=False)
    except actions_relays.InUse:
        messages.error(request, _in_use())
    return redirect("sending:relay")


@require_POST
@role_required("admin")
def remove(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Relay, id=id)
    try:
        actions_relays.remove(found)
    except actions_relays.InUse:
        messages.error(request, _in_use())
    else:
        messages.success(request, _("Removed %(name)s.") % {"name": found.name})
    return redirect("sending:relay")


@require_POST
@role_required("admin")
def limit(request: HttpRequest, id: int) -> HttpResponse:
    """What one receiving provider takes through this relay."""
    found = get_object_or_404(Relay, id=id)
    form = LimitForm(request.POST)
    if not form.is_valid():
        return _page(request, RelayForm(instance=found), found, limit_form=form, status=422)
    actions_relays.limit(found, form.cleaned_data.pop("provider"), **form.cleaned_data)
    return redirect("sending:relay-edit", found.id)


def _in_use() -> str:
    return _("A mailing is on its way through this mail server, and there is no other to take over.")


def _page(
    request: HttpRequest,
    form: RelayForm,
    found: Relay | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    tried = more.get("tried")
    context = {
        "form": form,
        "relay": found,
        "limits": limit_rows(found) if found else [],
        "limit_form": more.get("limit_form") or LimitForm(),
        "tried": probe_words(tried) if tried else None,
    }
    return render(request, "sending/relay.html", context, status=status)
