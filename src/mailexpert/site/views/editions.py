"""Versions of policy and agreements in the console: write, compare, approve, follow."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailexpert.privacy import actions_policy as actions
from mailexpert.privacy import queries_policy as queries
from mailexpert.privacy.models import Document, Edition
from mailexpert.privacy.rules_text import compare, shortened
from mailexpert.site import announcing
from mailexpert.site.access import right_required, signed_required, staff_of
from mailexpert.site.forms import EditionForm
from mailexpert.site.promises import backed

RIGHT = "publish"
State = Edition.State


@require_safe
@signed_required
def editions(request: HttpRequest) -> HttpResponse:
    actions.install()
    rows = Edition.objects.order_by("document", "-number")
    groups = [(document, [row for row in rows if row.document == document]) for document in Document]
    return render(request, "site/console/editions.html", {"groups": groups, "may": _may(request)})


@require_POST
@right_required(RIGHT)
def begin(request: HttpRequest) -> HttpResponse:
    document = request.POST.get("document", "")
    if document not in Document.values:
        raise Http404(_("There is no such page."))
    waiting = Edition.objects.filter(document=document, state=State.DRAFT).first()
    made = waiting or actions.draft(document, staff_of(request))
    return redirect("site:edition", made.id)


@signed_required
def edit(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Edition, id=id)
    if request.method == "POST":
        return _keep(request, found)
    return _page(request, found, EditionForm(initial=_initial(found)))


@right_required(RIGHT)
def _keep(request: HttpRequest, found: Edition) -> HttpResponse:
    form = EditionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        actions.write(found.id, form.bodies(), staff_of(request), **form.facts())
    except actions.NotNow:
        messages.error(request, _("This version was announced meanwhile; its text can’t change any more."))
    else:
        messages.success(request, _("Saved."))
    return redirect("site:edition", found.id)


@require_POST
@right_required(RIGHT)
def announce(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Edition, id=id)
    try:
        actions.announce(found.id, staff_of(request), backed())
    except actions.Refused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
    except actions.NotNow:
        messages.error(request, _("This version isn’t a draft any more."))
    else:
        found.refresh_from_db()
        for notice in found.notices.filter(channel=announcing.Channel.NEWS):
            announcing.carry_news(found, notice)
        messages.success(request, _("Approved. The notices go out now; the day of effect follows from them."))
    return redirect("site:edition", found.id)


@require_POST
@right_required(RIGHT)
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    found = get_object_or_404(Edition, id=id)
    try:
        actions.withdraw(found.id)
    except actions.NotNow:
        messages.error(request, _("This version holds already and can’t be withdrawn."))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("site:editions")


def _initial(found: Edition) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in ("summary_nl", "summary_en", "wanted_at")}
    return {**queries.texts(found), **facts}


def _page(request: HttpRequest, found: Edition, form: EditionForm) -> HttpResponse:
    texts = queries.texts(found)
    languages = (("nl", _("Dutch")), ("en", _("English")))
    differences = []
    before = None
    for language, label in languages:
        before = queries.before(found.document, found.number, language)
        if before is not None:
            rows = compare(before.source, texts.get(language, ""))
            changed = sum(row.change != "same" for row in rows)
            differences.append((label, changed, shortened(rows) if changed else []))
    context = {
        "edition": found,
        "form": form,
        "is_draft": found.state == State.DRAFT,
        "is_announced": found.state == State.ANNOUNCED,
        "before": before,
        "differences": differences,
        "notices": found.notices.order_by("id"),
        "texts": texts,
        "may": _may(request),
    }
    return render(request, "site/console/edition.html", context)


def _may(request: HttpRequest) -> bool:
    return staff_of(request).may(RIGHT)
