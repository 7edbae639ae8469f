"""Bringing in contacts from a CSV file."""

import json
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Path, Router, Schema, Status, UploadedFile
from pydantic import Field as Limit

from mailexpert.api.answers import READ, WRITE, WRITE_ONE
from mailexpert.api.paging import PagingQuery, page
from mailexpert.api.problems import Problem
from mailexpert.api.shapes import Ground, Id, ImportOut, Line, Text
from mailexpert.base import antivirus
from mailexpert.contacts import actions, actions_import, files
from mailexpert.contacts.models import Import, List

router = Router(tags=["imports"])

# What a file or its mapping can be refused for, and the words for it.
REFUSED: tuple[tuple[type[Exception], int, str], ...] = (
    (List.DoesNotExist, 422, "No such list"),
    (actions_import.EmptyFile, 422, "Empty file"),
    (actions_import.NoAddressColumn, 422, "No column with e-mail addresses"),
    (actions_import.UnknownColumn, 422, "The mapping names a column that the file doesn't have"),
    (actions_import.TwiceMapped, 422, "Two columns are mapped to the same field"),
    (actions.FieldsFull, 422, "No room for another field"),
    (actions.NameTaken, 422, "There is a field of this name already"),
    (files.TooLarge, 413, "The file is too large"),
    (antivirus.Infected, 422, "The file holds a virus and was not stored"),
    (antivirus.ScannerDown, 503, "The virus scanner is down, so nothing is taken"),
    (antivirus.ScannerMissing, 503, "There is no virus scanner, so nothing is taken"),
)


class ImportForm(Schema):
    list: Id
    ground: Ground
    mapping: Annotated[Text, Limit(max_length=20_000)] | None = None
    evidence: Annotated[Line, Limit(max_length=2_000)] = ""


class ImportPage(Schema):
    items: list[ImportOut]
    next: int | None


@router.get("", response={200: ImportPage, **READ})
def imports(request: HttpRequest, paging: PagingQuery) -> dict[str, object]:
    """Your imports, newest first."""
    items, following = page(Import.objects.exclude(state="draft"), paging)
    return {"items": items, "next": following}


@router.post("", response={201: ImportOut, **WRITE})
def start_import(request: HttpRequest, file: File[UploadedFile], form: Form[ImportForm]) -> Status[Import]:
    """Bring in a CSV. Sending a known `ground` you declare that these people gave it; `evidence` says how that can be
    shown, and without it their proof names only the file and its hash. `mapping` is a JSON object of column to field;
    an unknown field name makes a text field. Without it, columns named like fields are taken. Good rows come in; each
    refused one is kept with its reason."""
    order = actions_import.Order(
        file_name=file.name or "import.csv",
        list_id=form.list,
        ground=form.ground,
        evidence=form.evidence,
        mapping=_mapping(form.mapping),
    )
    try:
        with transaction.atomic():
            return Status(201, actions_import.start_import(file, order))
    except tuple(kind for kind, _status, _title in REFUSED) as problem:
        status, title = next((s, t) for kind, s, t in REFUSED if isinstance(problem, kind))
        raise Problem(status, title, str(problem)) from problem


@router.get("/{import_id}", response={200: ImportOut, **READ})
def one_import(request: HttpRequest, import_id: Path[Id]) -> Import:
    """How far an import is, and what came of it."""
    return get_object_or_404(Import.objects.exclude(state="draft"), id=import_id)


@router.post("/{import_id}/cancel", response={202: ImportOut, **WRITE_ONE})
def cancel_import(request: HttpRequest, import_id: Path[Id]) -> Status[Import]:
    """Stop it; nothing of it is kept."""
    found = get_object_or_404(Import.objects.exclude(state="draft"), id=import_id)
    if found.is_over:
        raise Problem(409, "Over already", f"The import is {found.state}.")
    actions_import.cancel(found.id)
    found.refresh_from_db()
    return Status(202, found)


def _mapping(text: str | None) -> dict[str, str] | None:
    if text is None or not text.strip():
        return None
    try:
        found: Any = json.loads(text)
    except ValueError as problem:
        raise Problem(
            422, "Mapping is no JSON", "Give `mapping` as a JSON object of column to field."
        ) from problem
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Problem(422, "Mapping is no object", "Give `mapping` as a JSON object of column to field.")
    return found
