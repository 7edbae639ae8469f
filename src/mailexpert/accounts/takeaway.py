"""Everything of an account in one file: each table as JSON lines and CSV, with a description of every column taken
from the data register. Keys and passwords stay behind."""

import csv
import io
import json
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from mailexpert.base import env
from mailexpert.core import register
from mailexpert.core.forgetting import Forgotten
from mailexpert.core.models import Walled

FOLDER = "takeaway"
BATCH = 2000
README = """MailExpert: everything of this account.

Each table is here twice: <table>.jsonl has one JSON object a line, <table>.csv the same rows for a spreadsheet
(UTF-8, comma, first line the names). columns.json says of each column what it holds, why it was kept, on which ground
and how long. Times are in UTC, ISO 8601. Passwords, tokens and keys are not in it.
"""


def folder() -> Path:
    made = env.load().home / FOLDER
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def forget_persons(_persons: Sequence[Forgotten]) -> int:
    """Files that hold everybody are made once more, without those who were erased."""
    from mailexpert.accounts.jobs import write_takeaway
    from mailexpert.accounts.models import Takeaway
    from mailexpert.core.jobs import defer

    made = list(Takeaway.objects.filter(state=Takeaway.State.DONE))
    for one in made:
        (folder() / one.file).unlink(missing_ok=True)
        Takeaway.objects.filter(id=one.id).update(state=Takeaway.State.QUEUED, file="")
        defer(write_takeaway, takeaway_id=one.id)
    return len(made)


def models_of_account() -> list[type[Walled]]:
    found = [model for model in apps.get_models() if issubclass(model, Walled) and model._meta.managed]
    return sorted(found, key=lambda model: model._meta.db_table)


def write() -> tuple[str, int]:
    """Write the active account's file; its name and size."""
    name = f"{secrets.token_urlsafe(24)}.zip"
    path = folder() / name
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as file:
        path.chmod(0o600)
        file.writestr("README.txt", README)
        file.writestr("columns.json", json.dumps(_columns(), indent=1, ensure_ascii=False))
        for model in models_of_account():
            _write_table(file, model)
    return name, path.stat().st_size


def fields_of(model: type[models.Model]) -> list[str]:
    """Columns that may leave: declared, and not a key to something."""
    table = register.tables().get(model._meta.db_table)
    if table is None:
        return []
    secret = {name for name, column in table.columns.items() if column.is_personal and not column.export}
    fields = [
        field for field in model._meta.concrete_fields if not isinstance(field, models.CompositePrimaryKey)
    ]
    return [field.attname for field in fields if field.column not in secret]


def _columns() -> dict[str, Any]:
    made = {}
    for model in models_of_account():
        table = register.tables().get(model._meta.db_table)
        if table is not None:
            made[table.name] = {
                "purpose": table.purpose, "ground": table.ground, "kept": table.keep,
                "columns": {name: column.category for name, column in table.columns.items()},
            }  # fmt: skip
    return made


def _write_table(file: zipfile.ZipFile, model: type[Walled]) -> None:
    names = fields_of(model)
    table = model._meta.db_table
    with file.open(f"{table}.jsonl", "w") as lines:
        for row in _rows(model, names):
            lines.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n")
    with file.open(f"{table}.csv", "w") as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        writer = csv.DictWriter(text, names)
        writer.writeheader()
        for row in _rows(model, names):
            writer.writerow({name: plain(value) for name, value in row.items()})
        text.flush()
        text.detach()


def _rows(model: type[Walled], names: list[str]) -> Iterator[dict[str, Any]]:
    for row in model._base_manager.values(*names).iterator(chunk_size=BATCH):
        yield {
            name: value.hex() if isinstance(value, (bytes, memoryview)) else value
            for name, value in row.items()
        }


def plain(value: object) -> object:
    """A spreadsheet must not take a person's words for a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return json.dumps(value, cls=DjangoJSONEncoder) if isinstance(value, (list, dict)) else value
