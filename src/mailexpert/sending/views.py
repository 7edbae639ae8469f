"""The mail server that an account's mailings leave through."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts.access import role_required
from mailexpert.base import env, keys
from mailexpert.sending import actions, probe, queries
from mailexpert.sending.forms import SECRET_PURPOSE, RelayForm
from mailexpert.sending.models import Relay
from mailexpert.sending.words import probe_words


@require_http_methods(["GET", "POST"])
@role_required("admin")
@sensitive_post_parameters("password")
def relay(request: HttpRequest) -> HttpResponse:
    own = queries.own_relay()
    form = RelayForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        made: Relay = form.save(commit=False)
        made.name, made.secret = made.host, form.sealed()
        if made.pk:
            made.save(update_fields=["name", "secret", *RelayForm.Meta.fields])
        else:
            made.save()
        messages.success(request, _("Saved. Test the connection before your next mailing."))
        return redirect("sending:relay")
    return _page(request, form, own, status=422 if form.errors else 200)


@require_POST
@role_required("admin")
def test(request: HttpRequest) -> HttpResponse:
    """Try the stored relay and say what happened."""
    own = get_object_or_404(Relay, enabled=True)
    host = probe.Host(
        name=own.host,
        port=own.port,
        security=own.security,
        verify=own.verify,
        username=own.username,
        password=_password(own),
    )
    return _page(request, RelayForm(instance=own), own, tried=probe.probe(host))


@require_POST
@role_required("admin")
def remove(request: HttpRequest) -> HttpResponse:
    own = get_object_or_404(Relay, enabled=True)
    try:
        actions.remove_relay(own)
    except actions.InUse:
        messages.error(
            request, _("A mailing is on its way through this relay. Remove it when that mailing is done.")
        )
    else:
        messages.success(
            request, _("Removed. Your mailings go through the installation’s mail server again.")
        )
    return redirect("sending:relay")


def _page(
    request: HttpRequest,
    form: RelayForm,
    own: Relay | None,
    *,
    tried: probe.Probe | None = None,
    status: int = 200,
) -> HttpResponse:
    known = env.load()
    context = {
        "form": form,
        "own": own,
        "uses_catcher": known.uses_catcher,
        "installation_host": known.default_relay[0],
        "tried": probe_words(tried) if tried else None,
    }
    return render(request, "sending/relay.html", context, status=status)


def _password(own: Relay) -> str:
    try:
        return keys.unseal(own.secret, SECRET_PURPOSE)
    except keys.SecretProblem:
        return ""
