"""The bar below a search: one thing done to everyone chosen."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.contacts import actions_bulk, actions_segments, queries, words
from mailexpert.contacts.forms import SignUpForm
from mailexpert.contacts.models import Bulk, FoundContact, List
from mailexpert.contacts.views.people import search_for_all, search_of, url_of
from mailexpert.core.amounts import number

SHOWN = 5


@require_POST
@role_required("editor")
def tag(request: HttpRequest) -> HttpResponse:
    """Give a label to everyone chosen, or take it away."""
    name = " ".join(request.POST.get("tag", "").split())[:60]
    whole, ids = bool(request.POST.get("whole")), _ids(request)
    if not name:
        messages.error(request, _("Say which label."))
        return redirect(_back(request))
    if not ids and not whole:
        messages.error(request, _("Choose at least one contact."))
        return redirect(_back(request))
    wanted = search_for_all(request.POST)
    if wanted is None:
        messages.error(request, words.segment_gone())
        return redirect("contacts:index")
    found = actions_segments.make_tag(name)
    verb = "untag" if request.POST.get("verb") == "untag" else "tag"
    if whole:
        begun = actions_bulk.begin(verb, wanted, tag_id=found.id, by_id=request.user.pk)
        return redirect("contacts:bulk", bulk_id=begun.id)
    done = actions_bulk.few(verb, ids, tag_id=found.id, by_id=request.user.pk)
    messages.success(request, words.bulk_said(verb, done.count, found.name))
    back = _back(request)
    return redirect(f"{back}{'&' if '?' in back else '?'}done={done.id}")


@require_safe
@never_cache
@member_required
def show(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """How far it is, and what came of it."""
    found = get_object_or_404(
        Bulk.objects.defer("asked_ids", "contact_ids").select_related("tag"), id=bulk_id
    )
    can_undo = found.is_over and found.undone_at is None and found.verb in actions_bulk.OPPOSITE
    context = {
        "bulk": found,
        "said": words.bulk_said(found.verb, found.count, _object_of(found)),
        "title": words.bulk_title(found.verb, _object_of(found)),
        "width": f"{100 * found.upto // max(found.whole, 1)}%",
        "can_undo": can_undo and found.count > 0,
    }
    piece = bool(request.headers.get("HX-Request")) and request.headers.get("HX-Boosted") != "true"
    return render(request, "contacts/parts/bulk_state.html" if piece else "contacts/bulk.html", context)


def _object_of(found: Bulk) -> str:
    """The label or the list that it is about."""
    if found.tag is not None:
        return str(found.tag.name)
    into = List.objects.filter(id=found.details.get("list")).first()
    return into.name if into else "–"


@require_POST
@role_required("editor")
def stop(request: HttpRequest, bulk_id: int) -> HttpResponse:
    actions_bulk.stop(get_object_or_404(Bulk, id=bulk_id).id)
    return redirect("contacts:bulk", bulk_id=bulk_id)


@require_POST
@role_required("editor")
def undo(request: HttpRequest, bulk_id: int) -> HttpResponse:
    found = get_object_or_404(Bulk.objects.defer("asked_ids", "contact_ids"), id=bulk_id)
    try:
        back = actions_bulk.undo(found.id, by_id=request.user.pk)
    except actions_bulk.NotAnyMore:
        messages.error(request, _("This can be undone for a day, and once."))
        return redirect(_back(request))
    except actions_bulk.Runs:
        messages.error(request, _("It is still under way. Stop it first; then it can be undone."))
        return redirect("contacts:bulk", bulk_id=bulk_id)
    if not back.is_over:
        return redirect("contacts:bulk", bulk_id=back.id)
    said = ngettext("%(n)s contact is as before.", "%(n)s contacts are as before.", back.count)
    messages.success(request, said % {"n": number(back.count)})
    return redirect(_back(request))


@require_POST
@role_required("editor")
def to_list(request: HttpRequest) -> HttpResponse:
    """Put everyone chosen on a list: first asks on what ground, then does it."""
    whole, ids = bool(request.POST.get("whole")), _ids(request)
    if not ids and not whole:
        messages.error(request, _("Choose at least one contact."))
        return redirect(_back(request))
    wanted = search_for_all(QueryDict(request.POST["who"]) if "who" in request.POST else request.POST)
    if wanted is None:
        messages.error(request, words.segment_gone())
        return redirect("contacts:index")
    form = SignUpForm(request.POST if "ground" in request.POST else None, lists=queries.lists())
    if form.is_valid():
        into = get_object_or_404(List, id=form.cleaned_data["list"])
        proof = {name: form.cleaned_data[name] for name in ("ground", "evidence")}
        details = actions_bulk.joining(into, **proof, by_id=request.user.pk)
        if whole:
            begun = actions_bulk.begin("join", wanted, by_id=request.user.pk, **details)
            return redirect("contacts:bulk", bulk_id=begun.id)
        done = actions_bulk.few("join", ids, by_id=request.user.pk, **details)
        messages.success(request, words.bulk_said("join", done.count, into.name))
        return redirect("contacts:index")
    people = queries.page(wanted).people if whole else []
    context = {
        "form": form,
        "ids": [] if whole else ids,
        "whole": whole,
        "who": url_of(wanted).partition("?")[2],
        "people": [one.contact for one in people[:SHOWN]] if whole else _chosen(request).order_by("-id"),
    }
    return render(request, "contacts/to_list.html", context, status=422 if form.errors else 200)


@require_POST
@role_required("editor")
def off_list(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("from_list", "")
    left = get_object_or_404(List, id=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    done = actions_bulk.few("leave", _ids(request), by_id=request.user.pk, list=left.id, purpose=left.purpose)
    messages.success(request, words.bulk_said("leave", done.count, left.name))
    return redirect(_back(request))


def _ids(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("id")[: actions_bulk.MOST_AT_ONCE]
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19]


def _chosen(request: HttpRequest) -> QuerySet[FoundContact]:
    return FoundContact.objects.filter(id__in=_ids(request))


def _back(request: HttpRequest) -> str:
    """The search that it was done from."""
    asked = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/contacten/")
    return asked if safe else url_of(search_of(request.POST))
