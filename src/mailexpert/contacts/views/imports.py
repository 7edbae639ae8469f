"""Bringing in contacts from a file, step by step."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mailexpert.accounts.access import member_required
from mailexpert.base import antivirus
from mailexpert.contacts import (
    actions,
    actions_import,
    actions_undo,
    files,
    queries,
    rules_kinds,
    spreadsheet,
    words,
)
from mailexpert.contacts.actions import NewField
from mailexpert.contacts.actions_import import Prepared
from mailexpert.contacts.forms import NEW_LIST, ImportForm, ShapeForm, UploadForm
from mailexpert.contacts.models import Import, List, Refusal
from mailexpert.contacts.rules_columns import OWN_FIELDS, field_name
from mailexpert.contacts.rules_csv import defused
from mailexpert.core.scope import account
from mailexpert.privacy.models import Ground

SHOWN = 20
EXAMPLES = 3
State = Import.State
BATCH = 1_000


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            batch = actions_import.take_file(given, given.name, by_id=request.user.pk)
        except Exception as problem:
            form.add_error("file", _why_not(problem))
        else:
            return redirect("contacts:import", import_id=batch.id)
    earlier = Import.objects.exclude(state=State.DRAFT).select_related("list").order_by("-id")[:SHOWN]
    return render(request, "contacts/upload.html", {"form": form, "earlier": earlier})


def _why_not(problem: Exception) -> str:
    """Why a file was not taken; what isn't the file's fault is raised again."""
    match problem:
        case actions_import.EmptyFile():
            return _("This file is empty.")
        case actions_import.TooWide():
            return _("This file has more than 300 columns. Take out what is not about contacts.")
        case spreadsheet.NotASpreadsheet():
            return _("This is no spreadsheet that can be read. Save it again as XLSX or CSV.")
        case spreadsheet.TooMuchInside():
            return _("This spreadsheet holds more than a list of contacts can. Save the contacts as CSV.")
        case files.TooLarge():
            return _("This file is larger than 2 GB. Divide it over several files.")
        case antivirus.Infected():
            return _("There is a virus in this file (%(name)s). It was not stored.") % {"name": str(problem)}
        case antivirus.ScannerDown():
            return _(
                "The virus scanner doesn’t answer, so no file is taken now. Nothing was stored. Try it later."
            )
        case antivirus.ScannerMissing():
            return _(
                "There is no virus scanner on this machine, so no file is taken. Your operator can install one."
            )
    raise problem


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    """A draft asks what its columns are; an import that was started shows how far it is."""
    batch = get_object_or_404(Import.objects.select_related("list"), id=import_id)
    if batch.state != State.DRAFT:
        return render(request, "contacts/import.html", _progress(batch))
    try:
        prepared = actions_import.prepare(batch)
    except FileNotFoundError as gone:
        raise Http404 from gone
    lists = queries.lists()
    form = ImportForm(request.POST or None, lists=lists, initial=(batch.trial or {}).get("given"))
    fields, new = _asked(request.POST, prepared.sample.width)
    if not fields:
        fields, new = _tried_before(batch, prepared)
    problem = ""
    if request.method == "POST" and request.POST.get("do") == "try":
        problem = _try_out(request, batch, fields, new)
        if not problem:
            return redirect("contacts:import", import_id=batch.id)
    elif request.method == "POST" and form.is_valid():
        problem = _begin(request, batch, fields, new, form)
        if not problem:
            return redirect("contacts:import", import_id=batch.id)
    context = {
        "batch": batch,
        "form": form,
        "shape": _shape_form(prepared),
        "columns": _columns(prepared, fields, new),
        "problem": problem,
        "has_rows": bool(prepared.sample.rows),
        "tried": _tried(batch),
    }
    return render(request, "contacts/mapping.html", context)


New = dict[str, NewField]


def _asked(given: QueryDict, width: int) -> tuple[list[str], New]:
    """The field of each column, and of which kind a new one is: `name`, or `name:kind`."""
    fields, new = [], New()
    for n, wanted in enumerate(given.getlist("field")[:width], start=1):
        name, _colon, kind = wanted.partition(":")
        fields.append(name)
        if kind in rules_kinds.KINDS:
            options = (
                rules_kinds.choices_in(given.get(f"choices-{n}", "")[:4_000]) if kind == "choice" else []
            )
            new[field_name(name)] = NewField(kind=kind, options=options)
    return fields, new


def _tried_before(batch: Import, prepared: Prepared) -> tuple[list[str], New]:
    tried = batch.trial or {}
    new = {name: NewField(**one) for name, one in tried.get("new", {}).items()}
    return tried.get("fields") or prepared.fields, new


def _try_out(request: HttpRequest, batch: Import, fields: list[str], new: New) -> str:
    """Start a dry run; says what is wrong with the columns, or nothing."""
    chosen, existing = request.POST.get("list", ""), request.POST.get("existing", "")
    into = List.objects.filter(id=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
    ground = request.POST.get("ground", "")
    try:
        actions_import.try_out(
            batch,
            fields,
            into,
            ground if ground in Ground else Ground.CONSENT,
            existing if existing in Import.Existing else Import.Existing.UPDATE,
            new=new,
            given={name: request.POST.get(name, "")[:1_000] for name in ImportForm.base_fields},
        )
    except WRONG_COLUMNS as problem:
        return _wrong_columns(problem)
    return ""


WRONG_COLUMNS = (
    actions_import.NoAddressColumn,
    actions_import.TwiceMapped,
    actions_import.TooFewChoices,
    actions.FieldsFull,
)


def _wrong_columns(problem: Exception) -> str:
    match problem:
        case actions_import.TwiceMapped():
            said = _("Two columns go to the same field: %(name)s. Choose one of them.")
        case actions_import.TooFewChoices():
            said = _("Say what can be chosen in “%(name)s”: two to fifty values, with commas between them.")
        case actions.FieldsFull():
            said = _(
                "There is no room for more fields of this kind: an account has 20 for text and 10 for each "
                "other kind. Leave a column out."
            )
        case _:
            said = _("Say which column holds the e-mail address.")
    return said % {"name": str(problem)}


def _begin(request: HttpRequest, batch: Import, fields: list[str], new: New, form: ImportForm) -> str:
    """Start the import; says what is wrong with the columns, or nothing."""
    given = form.cleaned_data
    try:
        if given["list"] == NEW_LIST:
            actions_import.begin_into_new(
                batch,
                fields,
                actions_import.NewList(name=given["new_name"], purpose=given["new_purpose"]),
                given["ground"],
                given["evidence"],
                given["existing"] or Import.Existing.UPDATE,
                new=new,
            )
        else:
            into = get_object_or_404(List, id=int(given["list"]))
            existing = given["existing"] or Import.Existing.UPDATE
            actions_import.begin(batch, fields, into, given["ground"], given["evidence"], existing, new=new)
    except WRONG_COLUMNS as problem:
        return _wrong_columns(problem)
    except actions.NameTaken:
        form.add_error("new_name", _("You have a list of this name already."))
        return _("You have a list of this name already.")
    return ""


def _tried(batch: Import) -> dict[str, int] | None:
    """The figures of the last dry run, which add up to its rows."""
    counts: dict[str, int] | None = (batch.trial or {}).get("counts")
    parts = ("added", "updated", "unchanged", "duplicates", "refused")
    return counts and {**counts, "rows": sum(counts[part] for part in parts)}


def _shape_form(prepared: Prepared) -> ShapeForm:
    shape = prepared.shape
    return ShapeForm(
        initial={
            "encoding": shape.encoding,
            "delimiter": shape.delimiter,
            "has_header": "yes" if shape.has_header else "no",
        }
    )


def _columns(prepared: Prepared, chosen: list[str], new: New) -> list[dict[str, Any]]:
    """For each column its name, some of what it holds, and the fields it can go to."""
    names = (_("E-mail address"), _("First name"), _("Last name"), _("Language"), _("Time zone"))
    own = dict(zip(OWN_FIELDS, names, strict=True))
    known = own | {field.name: field.label for field in queries.fields()}
    header = prepared.sample.header
    columns = []
    for n in range(prepared.sample.width):
        title = header[n].strip() if n < len(header) else ""
        cells = [row[n].strip() for row in prepared.sample.rows if len(row) > n and row[n].strip()]
        name = field_name(title or _("column %(n)s") % {"n": n + 1})
        is_new = bool(name) and name not in known
        wanted = chosen[n] if n < len(chosen) else ""
        kind = new[wanted].kind if wanted in new else "text"
        options = new[wanted].options if wanted in new else ()
        columns.append(
            {
                "n": n + 1,
                "title": title,
                "cells": list(dict.fromkeys(cells))[:EXAMPLES],
                "chosen": wanted if wanted in known or not wanted else f"{wanted}:{kind}",
                "choices": list(known.items()),
                "kinds": _kinds(name, title or name, rules_kinds.suggested(cells)) if is_new else None,
                "options": ", ".join(options or rules_kinds.choices_of(cells)[: rules_kinds.MOST_CHOICES]),
                "is_double": bool(title) and title in header[:n],
            }
        )
    return columns


def _kinds(name: str, title: str, suggested: str) -> tuple[str, list[tuple[str, str]]]:
    """What a new field can hold, with first what the values look like."""
    names = (_("text"), _("number"), _("date"), _("yes or no"), _("one of a few"))
    known = dict(zip(rules_kinds.KINDS, names, strict=True))
    heading = _("New field: %(name)s, by its looks %(kind)s") % {"name": title, "kind": known[suggested]}
    in_order = sorted(known, key=lambda kind: kind != suggested)
    return heading, [(f"{name}:{kind}", f"{title} ({known[kind]})") for kind in in_order]


@require_POST
@member_required
def reshape(request: HttpRequest, import_id: int) -> HttpResponse:
    batch = get_object_or_404(Import, id=import_id, state=State.DRAFT)
    form = ShapeForm(request.POST)
    if form.is_valid():
        actions_import.reshape(batch, form.shape())
    return redirect("contacts:import", import_id=batch.id)


@require_safe
@never_cache
@member_required
def state(request: HttpRequest, import_id: int) -> HttpResponse:
    """The piece of the page that shows how far it is, asked for every second; a dry run that ended has the mapping."""
    batch = get_object_or_404(Import.objects.select_related("list"), id=import_id)
    if batch.state == State.DRAFT:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "contacts/parts/state.html", _progress(batch))


def _progress(batch: Import) -> dict[str, Any]:
    refused = list(Refusal.objects.filter(batch=batch).order_by("line")[:SHOWN]) if batch.is_over else []
    return {
        "batch": batch,
        "refusals": [{"row": row, "why": words.refusal(row)} for row in refused],
        "can_undo": actions_undo.can_undo(batch),
        "failure": words.failure(batch.reason) if batch.state == State.FAILED else "",
        "width": f"{100 * min(batch.bytes_read, batch.size) // max(batch.size, 1)}%",
        "is_saving": batch.state == State.RUNNING and batch.bytes_read >= batch.size > 0,
    }


@require_POST
@member_required
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    batch = get_object_or_404(Import, id=import_id)
    if batch.state == State.DRAFT:
        actions_import.forget(batch)
        messages.success(request, _("The file is thrown away. Nothing was brought in."))
        return redirect("contacts:upload")
    actions_import.cancel(batch.id)
    return redirect("contacts:import", import_id=batch.id)


@require_POST
@member_required
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take a whole import back."""
    batch = get_object_or_404(Import, id=import_id)
    try:
        undone = actions_undo.undo(batch.id, by_id=request.user.pk)
    except actions_undo.TooLate:
        messages.error(request, _("An import can be undone for seven days, and once."))
    else:
        said = _("The import is undone: %(removed)s contacts are gone, %(restored)s are as before.")
        messages.success(request, said % {"removed": undone.removed, "restored": undone.restored})
        if undone.left > 0:
            kept = _("%(n)s stay, because something happened with them since.")
            messages.info(request, kept % {"n": undone.left})
    return redirect("contacts:import", import_id=batch.id)


@require_safe
@never_cache
@member_required
def refused(request: HttpRequest, import_id: int) -> HttpResponse:
    """The rows that were not taken, with line and reason, to mend and bring in again."""
    batch = get_object_or_404(Import, id=import_id)
    rows = _refused_rows(batch, batch.account_id, get_language() or "nl")
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{batch.id}.csv"'
    return response  # type: ignore[return-value]


class _Echo:
    """csv.writer writes to it and gets the line back."""

    def write(self, line: str) -> str:
        return line


def _refused_rows(batch: Import, account_id: int, language: str) -> Iterator[str]:
    """Runs after the request has left its account, so it enters it itself, a batch at a time."""
    writer = csv.writer(_Echo(), delimiter=batch.delimiter or ",")
    with override(language):
        yield "\ufeff" + writer.writerow([_("line"), _("reason"), _("row as it stood in the file")])
    last = 0
    while True:
        with account(account_id), override(language):
            rows = Refusal.objects.filter(batch_id=batch.id, id__gt=last).order_by("id")[:BATCH]
            lines = [(row.id, row.line, [words.refusal(row), *row.values]) for row in rows]
        if not lines:
            return
        last = lines[-1][0]
        yield "".join(writer.writerow([line, *map(defused, texts)]) for _id, line, texts in lines)
