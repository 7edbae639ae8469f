"""Contacts: browsing, and one person's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required
from mailexpert.accounts.actions_package import NoRoom, need_room
from mailexpert.contacts import (
    actions,
    actions_merge,
    actions_segments,
    jobs,
    queries,
    queries_history,
    queries_segments,
    words,
)
from mailexpert.contacts.forms import ContactForm, SignUpForm
from mailexpert.contacts.models import Bulk, Contact, List, Membership, Segment, Tag
from mailexpert.contacts.queries import Search
from mailexpert.contacts.queries_segments import Number
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.core.jobs import defer

MERGE_OFFERED = 10


@require_safe
@never_cache
@member_required
def index(request: HttpRequest) -> HttpResponse:
    wanted = search_of(request.GET)
    page = queries.page(wanted)
    totals = queries.totals()
    if totals.is_old and queries.may_count_totals():
        defer(jobs.count_totals)
    found = _number_of(wanted, page, totals)
    context: dict[str, Any] = {
        "wanted": wanted,
        "page": page,
        "totals": totals,
        "found": found.n,
        "is_about": not found.is_exact,
        "most_counted": queries.MOST_COUNTED,
        "newer_url": url_of(wanted, after=page.newer) if page.newer else "",
        "here_url": url_of(wanted, before=wanted.before, after=wanted.after),
        "done": asked_done(request.GET.get("done", "")),
        "lists": queries.lists(),
        "tags": queries.tags(),
        "older_url": url_of(wanted, before=page.older) if page.older else "",
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "contacts/parts/found.html", context)
    context |= {"statuses": queries.STATUSES}
    context["segments"] = queries_segments.segments()
    return render(request, "contacts/index.html", context)


def _number_of(wanted: Search, page: queries.Page, totals: queries.Totals) -> Number:
    if not wanted.is_filtered:
        return Number(n=totals.contacts, is_exact=totals.is_exact)
    return queries.count(wanted) if page.total is None else Number(n=page.total, is_exact=True)


def search_of(asked: QueryDict) -> Search:
    status = asked.get("status", "")
    return Search(
        term=asked.get("q", "").strip(),
        list_id=_number(asked.get("list", "")),
        status=status if status in queries.STATUSES else "",
        segment_id=_segment(asked.get("segment", "")),
        before=_number(asked.get("before", "")),
        after=_number(asked.get("after", "")),
    )


def search_for_all(asked: QueryDict) -> Search | None:
    """The search that something is done to everyone of; None where its segment is gone: then it would be everyone."""
    wanted = search_of(asked)
    return None if asked.get("segment") and wanted.segment_id is None else wanted


def asked_done(text: str) -> Bulk | None:
    """What was just done to many, while it can be undone."""
    number = _number(text)
    return Bulk.objects.filter(id=number, undone_at=None).first() if number else None


def _segment(text: str) -> int | None:
    """A segment that is there and can be asked; its page says what is wrong with one that can't."""
    number = _number(text)
    if number is None:
        return None
    try:
        queries.in_segment(number)
    except (Segment.DoesNotExist, TreeProblem):
        return None
    return number


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def url_of(wanted: Search, **place: int | None) -> str:
    given = {"q": wanted.term, "list": wanted.list_id, "status": wanted.status, "segment": wanted.segment_id}
    given |= place
    return f"{reverse('contacts:index')}?{urlencode({name: value for name, value in given.items() if value})}"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def add(request: HttpRequest) -> HttpResponse:
    lists = queries.lists()
    form = ContactForm(request.POST or None, custom=queries.fields())
    on_list = request.POST.get("on_list", "yes" if request.method != "POST" else "") == "yes" and bool(lists)
    sign_up = SignUpForm(request.POST if on_list and request.method == "POST" else None, lists=lists)
    if form.is_valid() and (not on_list or sign_up.is_valid()):
        try:
            need_room("contacts")
            contact = actions.add_contact(form.cleaned_data["email"], form.values())
        except NoRoom as problem:
            form.add_error(None, str(problem))
        except actions.AddressTaken:
            form.add_error("email", _("You have a contact with this address already."))
        except actions.ErasedBefore:
            form.add_error("email", words.erased_before())
        else:
            if on_list:
                _sign_up(request, contact, sign_up)
            messages.success(request, _("%(email)s is added.") % {"email": contact.email})
            return redirect("contacts:show", contact_id=contact.id)
    return render(
        request, "contacts/add.html", {"form": form, "sign_up": sign_up, "on_list": on_list, "lists": lists}
    )


@require_safe
@never_cache
@member_required
def show(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    return _contact_page(request, contact, SignUpForm(lists=queries.lists()))


def _contact_page(request: HttpRequest, contact: Contact, sign_up: SignUpForm) -> HttpResponse:
    context = {
        "contact": contact,
        "standing": queries.standing_of(contact),
        "speaks": words.language(contact.language) if contact.language else "",
        "memberships": queries.memberships_of(contact.id),
        "values": queries.field_values(contact, queries.fields()),
        "timeline": queries_history.timeline(contact.id),
        "tags": queries.tags_of(contact.id),
        "all_tags": queries.tags(),
        "sign_up": sign_up,
        "has_lists": bool(sign_up.fields["list"].choices),  # type: ignore[attr-defined]
    }
    return render(request, "contacts/show.html", context, status=422 if sign_up.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def change(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    custom = queries.fields()
    form = ContactForm(request.POST or None, custom=custom, initial=_initial(contact))
    if form.is_valid():
        try:
            actions.change_contact(
                contact.id, form.cleaned_data["email"], form.values(), by_id=request.user.pk
            )
        except actions.AddressTaken:
            form.add_error("email", _("Another contact has this address."))
        except actions.ErasedBefore:
            form.add_error("email", words.erased_before())
        else:
            messages.success(request, _("The details are saved."))
            return redirect("contacts:show", contact_id=contact.id)
    return render(request, "contacts/change.html", {"form": form, "contact": contact})


def _initial(contact: Contact) -> dict[str, Any]:
    values = {
        name: getattr(contact, name) for name in ("email", "first_name", "last_name", "language", "time_zone")
    }
    for field in queries.fields():
        values[field.slot] = _written(getattr(contact, field.slot))
    return values


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return "t" if value else "f"
    return int(value) if isinstance(value, float) and value.is_integer() else value


@require_POST
@member_required
def sign_up(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    form = SignUpForm(request.POST, lists=queries.lists())
    if not form.is_valid():
        return _contact_page(request, contact, form)
    try:
        _sign_up(request, contact, form)
    except actions.StoppedBefore:
        form.add_error(
            "ground", _("This person unsubscribed from this list, and comes back only with a known ground.")
        )
        return _contact_page(request, contact, form)
    return redirect("contacts:show", contact_id=contact.id)


def _sign_up(request: HttpRequest, contact: Contact, form: SignUpForm) -> None:
    into = get_object_or_404(List, id=form.cleaned_data["list"])
    actions.sign_up(
        contact,
        into,
        ground=form.cleaned_data["ground"],
        evidence=form.cleaned_data["evidence"],
        by_id=request.user.pk,
    )


@require_POST
@member_required
def unsubscribe(request: HttpRequest, contact_id: int, list_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    left = get_object_or_404(List, id=list_id)
    if actions.end_membership(contact.id, left.id, Membership.EndedBy.HAND):
        messages.success(
            request,
            _("%(email)s is unsubscribed from %(list)s.") % {"email": contact.email, "list": left.name},
        )
    return redirect("contacts:show", contact_id=contact.id)


@require_POST
@member_required
def erase(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, id=contact_id)
    actions.erase_contact(contact.id, by_id=request.user.pk)
    messages.success(
        request, _("The contact is erased. The proof of what was mailed stays, without name or address.")
    )
    return redirect("contacts:index")


@require_POST
@member_required
def tag(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Give a label, or take one away."""
    contact = get_object_or_404(Contact, id=contact_id)
    name = " ".join(request.POST.get("tag", "").split())[:60]
    gone = _number(request.POST.get("drop", ""))
    if gone is not None:
        actions_segments.untag([contact.id], get_object_or_404(Tag, id=gone).id)
    elif name:
        actions_segments.tag([contact.id], actions_segments.make_tag(name).id)
    return redirect("contacts:show", contact_id=contact.id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def merge(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Two contacts that are one person: find the other one, see both, and make them one."""
    contact = get_object_or_404(Contact, id=contact_id)
    term = request.GET.get("q", "").strip()
    if request.method == "POST":
        other = get_object_or_404(Contact, id=_number(request.POST.get("other", "")) or 0)
        if other.id == contact.id:
            messages.error(request, _("Choose another contact than this one."))
            return redirect("contacts:merge", contact_id=contact.id)
        actions_merge.merge(contact.id, other.id, by_id=request.user.pk)
        messages.success(request, _("%(email)s is now part of this contact.") % {"email": other.email})
        return redirect("contacts:show", contact_id=contact.id)
    people = queries.page(Search(term=term)).people if term else []
    found = [one.contact for one in people if one.contact.id != contact.id][:MERGE_OFFERED]
    return render(request, "contacts/merge.html", {"contact": contact, "term": term, "found": found})
