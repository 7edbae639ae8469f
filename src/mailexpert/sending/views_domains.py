"""Sender domains: claim one, publish its records, see what DNS shows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mailexpert.accounts.access import member_required, role_required
from mailexpert.accounts.actions_package import NoRoom
from mailexpert.accounts.rules import outranks
from mailexpert.sending import actions_domains, queries_domains, words_domains
from mailexpert.sending.forms_domains import DomainForm, SpfForm
from mailexpert.sending.models import SenderDomain, SenderKey


@require_http_methods(["GET", "HEAD"])
@member_required
def domains(request: HttpRequest) -> HttpResponse:
    return _list(request, DomainForm())


@require_POST
@role_required("admin")
def claim(request: HttpRequest) -> HttpResponse:
    form = DomainForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    try:
        made = actions_domains.claim(form.cleaned_data["name"])
    except actions_domains.Known:
        form.add_error("name", _("You have this domain already."))
    except NoRoom as problem:
        form.add_error("name", str(problem))
    except actions_domains.TooMany:
        form.add_error("name", _("An account has at most 50 sender domains. Remove one first."))
    else:
        return redirect("sending:domain", made.id)
    return _list(request, form)


@require_http_methods(["GET", "HEAD"])
@member_required
def domain(request: HttpRequest, id: int) -> HttpResponse:
    return _page(request, _found(id))


@require_POST
@role_required("editor")
def check(request: HttpRequest, id: int) -> HttpResponse:
    """Look at DNS now."""
    found = actions_domains.check(_found(id))
    if found.is_verified:
        messages.success(request, _("%(domain)s is verified.") % {"domain": found.name})
    else:
        messages.info(request, _("We looked. Below it says what is still missing and what to do."))
    return redirect("sending:domain", found.id)


@require_POST
@role_required("admin")
def spf(request: HttpRequest, id: int) -> HttpResponse:
    found, form = _found(id), SpfForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    actions_domains.set_spf_include(found, form.cleaned_data["include"])
    messages.success(request, _("Saved. Publish the SPF record as it stands below."))
    return redirect("sending:domain", found.id)


@require_POST
@role_required("admin")
def renew(request: HttpRequest, id: int) -> HttpResponse:
    found = _found(id)
    try:
        actions_domains.renew_keys(found)
    except actions_domains.Renewing:
        messages.info(request, _("New keys are waiting already. Publish their records below."))
    else:
        messages.success(
            request, _("New keys are made. Publish their records; until DNS shows them the old ones sign on.")
        )
    return redirect("sending:domain", found.id)


@require_POST
@role_required("admin")
def remove(request: HttpRequest, id: int) -> HttpResponse:
    found = _found(id)
    try:
        actions_domains.let_go(found)
    except actions_domains.InUse:
        messages.error(
            request, _("A mailing from this domain is on its way. Remove it when that one is done.")
        )
        return redirect("sending:domain", found.id)
    messages.success(
        request, _("%(domain)s is removed. You can take its records out of DNS.") % {"domain": found.name}
    )
    return redirect("sending:domains")


def _found(number: int) -> SenderDomain:
    return get_object_or_404(SenderDomain, id=number)


def _is_admin(request: HttpRequest) -> bool:
    return outranks(request.membership.role, "admin")  # type: ignore[attr-defined]


def _list(request: HttpRequest, form: DomainForm) -> HttpResponse:
    context = {
        "domains": queries_domains.domains(),
        "form": form,
        "is_admin": _is_admin(request),
        "leaves": queries_domains.mail_leaves(),
    }
    return render(request, "sending/domains.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, found: SenderDomain, form: SpfForm | None = None) -> HttpResponse:
    records = words_domains.records(found)
    old = found.keys.filter(state=SenderKey.State.RETIRED).order_by("id")
    context = {
        "domain": found,
        "groups": _groups(records),
        "zone": "\n".join(record.zone_line for record in records),
        "old_keys": [
            (key.record_name, key.retired_at + actions_domains.OLD_KEY_STAYS) for key in old if key.retired_at
        ],
        "form": form or SpfForm(initial={"include": found.spf_include}),
        "has_return_path": bool(queries_domains.mail_host()),
        "feedback_address": queries_domains.feedback_address(found),
        "is_admin": _is_admin(request),
        "leaves": queries_domains.mail_leaves(),
    }
    return render(request, "sending/domain.html", context, status=422 if form and form.errors else 200)


def _groups(records: list[words_domains.Record]) -> list[tuple[str, list[words_domains.Record]]]:
    return [
        (_("Needed before you can send"), [record for record in records if record.is_needed]),
        (_("So that receivers trust your mail more"), [record for record in records if not record.is_needed]),
    ]
