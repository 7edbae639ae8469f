"""The bar below a search: one thing done to everyone chosen."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mailexpert.accounts.access import role_required
from mailexpert.contacts import actions_bulk, actions_segments, queries
from mailexpert.contacts.forms import SignUpForm
from mailexpert.contacts.models import Bulk, FoundContact, List
from mailexpert.contacts.views.people import search_of, url_of


@require_POST
@role_required("editor")
def tag(request: HttpRequest) -> HttpResponse:
    """Give a label to everyone chosen, or take it away."""
    name = " ".join(request.POST.get("tag", "").split())[:60]
    if not name:
        messages.error(request, _("Say which label."))
        return redirect(_back(request))
    if not _ids(request) and not request.POST.get("whole"):
        messages.error(request, _("Choose at least one contact."))
        return redirect(_back(request))
    wanted = search_of(request.POST)
    people = queries.matching(wanted) if request.POST.get("whole") else _chosen(request)
    found = actions_segments.make_tag(name)
    if request.POST.get("verb") == "untag":
        done = actions_bulk.untag(people, found.id, by_id=request.user.pk)
        said = ngettext(
            "Label ‘%(name)s’ taken from %(n)s contact.",
            "Label ‘%(name)s’ taken from %(n)s contacts.",
            done.count,
        )
    else:
        done = actions_bulk.tag(people, found.id, by_id=request.user.pk)
        said = ngettext(
            "Label ‘%(name)s’ given to %(n)s contact.",
            "Label ‘%(name)s’ given to %(n)s contacts.",
            done.count,
        )
    messages.success(request, said % {"name": found.name, "n": done.count})
    back = _back(request)
    return redirect(f"{back}{'&' if '?' in back else '?'}done={done.bulk_id}")


@require_POST
@role_required("editor")
def undo(request: HttpRequest, bulk_id: int) -> HttpResponse:
    found = get_object_or_404(Bulk, id=bulk_id)
    try:
        count = actions_bulk.undo(found.id)
    except actions_bulk.NotAnyMore:
        messages.error(request, _("This can be undone for a day, and once."))
    else:
        said = ngettext("%(n)s contact is as before.", "%(n)s contacts are as before.", count)
        messages.success(request, said % {"n": count})
    return redirect(_back(request))


@require_POST
@role_required("editor")
def to_list(request: HttpRequest) -> HttpResponse:
    """Put everyone chosen on a list: first asks on what ground, then does it."""
    ids = _ids(request)
    if not ids:
        messages.error(request, _("Choose at least one contact."))
        return redirect(_back(request))
    lists = queries.lists()
    form = SignUpForm(request.POST if "ground" in request.POST else None, lists=lists)
    if form.is_valid():
        into = get_object_or_404(List, id=form.cleaned_data["list"])
        count = actions_bulk.put_on_list(
            ids,
            into,
            ground=form.cleaned_data["ground"],
            evidence=form.cleaned_data["evidence"],
            by_id=request.user.pk,
        )
        said = ngettext("%(n)s contact is on %(list)s.", "%(n)s contacts are on %(list)s.", count)
        messages.success(request, said % {"n": count, "list": into.name})
        return redirect("contacts:index")
    context = {"form": form, "ids": ids, "people": FoundContact.objects.filter(id__in=ids).order_by("-id")}
    return render(request, "contacts/to_list.html", context, status=422 if form.errors else 200)


@require_POST
@role_required("editor")
def off_list(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("from_list", "")
    left = get_object_or_404(List, id=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    count = actions_bulk.take_off_list(_ids(request), left.id)
    said = ngettext(
        "%(n)s contact is unsubscribed from %(list)s.",
        "%(n)s contacts are unsubscribed from %(list)s.",
        count,
    )
    messages.success(request, said % {"n": count, "list": left.name})
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
