"""Requests of persons: the list with its clock, one request, and what to do with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required, user_of
from mailexpert.base import clock
from mailexpert.contacts import actions_rights, queries_rights, words_receipt
from mailexpert.contacts.forms_rights import ReasonForm, RequestForm
from mailexpert.contacts.models import Contact, Letter
from mailexpert.privacy.actions_erasure import is_genuine
from mailexpert.privacy.models import Case


@require_safe
@never_cache
@member_required
def cases(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    closed = queries_rights.rows(
        is_open=False, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    more = len(closed) > queries_rights.PAGE
    closed = closed[: queries_rights.PAGE]
    context = {
        "waiting": queries_rights.rows(is_open=True),
        "closed": closed,
        "older": closed[-1].case.id if more else None,
        "unfinished": queries_rights.unfinished(),
        "receipts": queries_rights.erased()[:10],
        "doubtful": actions_rights.letters_in_doubt().order_by("id")[: queries_rights.PAGE],
    }
    return render(request, "contacts/cases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new_case(request: HttpRequest) -> HttpResponse:
    today = clock.now().date()
    asked = {"received": today, "language": "nl", "email": request.GET.get("email", "")}
    form = RequestForm(request.POST or None, initial=asked)
    if form.is_valid():
        told = form.cleaned_data
        contact = Contact.objects.filter(email_key=told["email"].lower()).first()
        made = actions_rights.ask(
            told["kind"],
            email=told["email"],
            contact=contact,
            received=told["received"],
            text=told["text"],
            language=told["language"],
            by_id=user_of(request).id,
        )
        return redirect("contacts:case", case_id=made.id)
    return render(request, "contacts/case_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@never_cache
@member_required
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _page(request, get_object_or_404(Case, id=case_id))


def _page(request: HttpRequest, found: Case, form: ReasonForm | None = None, what: str = "") -> HttpResponse:
    erasure = found.erasure
    context = {
        "row": queries_rights.row_of(found),
        "case": found,
        "contact": actions_rights.contact_of(found),
        "erasure": erasure,
        "is_genuine": erasure is not None and erasure.finished_at is not None and is_genuine(erasure),
        "lines": words_receipt.lines(erasure.counts) if erasure is not None else [],
        "counts": sorted(erasure.counts.items()) if erasure is not None else [],
        "extending": form if form is not None and what == "extend" else ReasonForm(auto_id="extend_%s"),
        "refusing": form if form is not None and what == "refuse" else ReasonForm(auto_id="refuse_%s"),
        "may_extend": found.is_open and found.extended_on is None and clock.now().date() <= found.due_on,
        "may_refuse": found.is_open and found.kind != Case.Kind.OBJECTION,
        "wrong": what,
    }
    return render(request, "contacts/case.html", context, status=422 if form is not None else 200)


@require_POST
@role_required("admin")
def carry_out(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case, id=case_id)
    try:
        actions_rights.carry_out(found.id, by_id=user_of(request).id, now=clock.now())
    except actions_rights.NotOpen:
        messages.error(request, _("This request was answered before."))
    else:
        messages.success(request, _("Done. The person gets a letter about it."))
    return redirect("contacts:case", case_id=found.id)


@require_POST
@role_required("admin")
def extend(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case, id=case_id)
    form = ReasonForm(request.POST, auto_id="extend_%s")
    if not form.is_valid():
        return _page(request, found, form, "extend")
    try:
        actions_rights.extend(found.id, form.cleaned_data["reason"], today=clock.now().date())
    except (actions_rights.NotOpen, actions_rights.TooLate):
        messages.error(request, _("A request can be extended once, and only within its first month."))
    else:
        messages.success(request, _("Extended. The person gets a letter that says why."))
    return redirect("contacts:case", case_id=found.id)


@require_POST
@role_required("admin")
def refuse(request: HttpRequest, case_id: int) -> HttpResponse:
    found = get_object_or_404(Case, id=case_id)
    form = ReasonForm(request.POST, auto_id="refuse_%s")
    if not form.is_valid():
        return _page(request, found, form, "refuse")
    if found.kind == Case.Kind.OBJECTION:
        messages.error(request, _("An objection to direct marketing can’t be refused."))
        return redirect("contacts:case", case_id=found.id)
    try:
        actions_rights.refuse(
            found.id, form.cleaned_data["reason"], by_id=user_of(request).id, now=clock.now()
        )
    except actions_rights.NotOpen:
        messages.error(request, _("This request was answered before."))
    else:
        messages.success(
            request, _("Refused. The person gets a letter with the reason and where to complain.")
        )
    return redirect("contacts:case", case_id=found.id)


@require_POST
@role_required("admin")
def lift(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The end of a restriction."""
    contact = get_object_or_404(Contact, id=contact_id)
    actions_rights.lift(contact)
    messages.success(request, _("This contact’s data is used again. The person gets a letter about it."))
    return redirect("contacts:show", contact_id=contact.id)


@require_POST
@role_required("admin")
def settle_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """A single mail of which nobody knows whether it left: send it once more, or leave it."""
    get_object_or_404(Letter, id=letter_id)
    again = request.POST.get("to") == "again"
    if not actions_rights.settle_letter(letter_id, send_again=again):
        messages.error(request, _("This mail isn’t in doubt any more."))
    elif again:
        messages.success(request, _("The mail is on its way again."))
    else:
        messages.success(request, _("The mail is left as it is and its text is deleted."))
    return redirect("contacts:cases")
