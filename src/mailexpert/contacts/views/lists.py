"""Lists and fields."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required, role_required
from mailexpert.contacts import actions, actions_segments, jobs, queries
from mailexpert.contacts.forms import FieldForm, LabelForm, ListForm, RenameForm
from mailexpert.contacts.models import Field, List, Tag
from mailexpert.contacts.rules_columns import field_name
from mailexpert.core.jobs import defer
from mailexpert.sending.models import Suppression


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def lists(request: HttpRequest) -> HttpResponse:
    """All lists, and the form to make one."""
    form = ListForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.make_list(form.cleaned_data["name"], form.cleaned_data["purpose"])
        except actions.NameTaken:
            form.add_error("name", _("You have a list of this name already."))
        else:
            messages.success(request, _("The list %(name)s is made.") % {"name": made.name})
            return redirect("contacts:lists")
    return render(request, "contacts/lists.html", {"form": form, "lists": queries.lists_with_counts()})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def change_list(request: HttpRequest, list_id: int) -> HttpResponse:
    found = get_object_or_404(List, id=list_id)
    form = RenameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            actions.rename_list(found.id, form.cleaned_data["name"])
        except actions.NameTaken:
            form.add_error("name", _("You have a list of this name already."))
        else:
            messages.success(request, _("The list is saved."))
            return redirect("contacts:lists")
    return render(request, "contacts/change_list.html", {"form": form, "list": found})


@require_POST
@member_required
def archive_list(request: HttpRequest, list_id: int) -> HttpResponse:
    found = get_object_or_404(List, id=list_id)
    actions.archive_list(found.id)
    messages.success(request, _("The list %(name)s is put away. Its proof stays.") % {"name": found.name})
    return redirect("contacts:lists")


@require_POST
@member_required
def restore_list(request: HttpRequest, list_id: int) -> HttpResponse:
    found = get_object_or_404(List, id=list_id)
    try:
        actions.restore_list(found.id)
    except actions.NameTaken:
        messages.error(
            request, _("There is another list named %(name)s now. Rename one.") % {"name": found.name}
        )
    return redirect("contacts:lists")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def fields(request: HttpRequest) -> HttpResponse:
    """The account's own fields, and the form to make one."""
    form = FieldForm(request.POST or None)
    if form.is_valid():
        label = form.cleaned_data["label"]
        try:
            actions.make_field(
                field_name(label), label, form.cleaned_data["kind"], form.cleaned_data["options"]
            )
        except actions.NameTaken:
            form.add_error("label", _("There is a field of this name already."))
        except actions.FieldsFull:
            form.add_error("kind", _("There is no room for more: 20 text fields, 10 of each other kind."))
        else:
            messages.success(request, _("The field %(name)s is made.") % {"name": label})
            return redirect("contacts:fields")
    return render(request, "contacts/fields.html", {"form": form, "fields": queries.fields()})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def change_field(request: HttpRequest, field_id: int) -> HttpResponse:
    """Its name in templates stays: mails refer to it."""
    field = get_object_or_404(Field, id=field_id)
    form = LabelForm(request.POST or None, initial={"label": field.label})
    if form.is_valid():
        actions.rename_field(field.id, form.cleaned_data["label"])
        messages.success(request, _("The field is saved."))
        return redirect("contacts:fields")
    return render(request, "contacts/change_field.html", {"form": form, "field": field})


@require_POST
@member_required
def delete_field(request: HttpRequest, field_id: int) -> HttpResponse:
    """The field goes with what contacts hold in it; in the background, because there may be a million."""
    field = get_object_or_404(Field, id=field_id)
    defer(jobs.delete_field, field_id=field.id)
    said = _("The field %(name)s is being deleted, with what contacts hold in it.")
    messages.success(request, said % {"name": field.label})
    return redirect("contacts:fields")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def tags(request: HttpRequest) -> HttpResponse:
    """The labels of the account, with how many have each."""
    name = " ".join(request.POST.get("name", "").split())[:60]
    if request.method == "POST" and name:
        actions_segments.make_tag(name)
        return redirect("contacts:tags")
    return render(request, "contacts/tags.html", {"rows": queries.tags_with_counts()})


@require_POST
@member_required
def delete_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    found = get_object_or_404(Tag, id=tag_id)
    actions_segments.delete_tag(found.id)
    messages.success(request, _("The label %(name)s is gone. Your contacts stay.") % {"name": found.name})
    return redirect("contacts:tags")


@require_safe
@never_cache
@member_required
def suppressions(request: HttpRequest) -> HttpResponse:
    """Who gets no mail at all, and why. An objection is never lifted here: only the person can come back."""
    term, after = request.GET.get("q", "").strip().lower(), request.GET.get("after", "")
    rows = queries.suppressions(term, int(after) if after.isdecimal() and len(after) < 19 else None)
    older = rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else None
    context = {"rows": rows[: queries.PAGE], "term": term, "older": older}
    return render(request, "contacts/suppressions.html", context)


@require_POST
@role_required("admin")
def lift(request: HttpRequest, suppression_id: int) -> HttpResponse:
    """Mail to an address that bounced before is tried again."""
    found = get_object_or_404(Suppression, id=suppression_id)
    if actions_segments.lift(found.id):
        messages.success(request, _("%(email)s may be mailed again.") % {"email": found.email_key})
    else:
        messages.error(request, _("This person stopped everything or complained. Only they can come back."))
    return redirect("contacts:suppressions")
