"""Contacts on their way out: a CSV file in the background, formulas defused, for a day."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from mailexpert.base import env
from mailexpert.contacts import queries
from mailexpert.contacts.models import Export, Field
from mailexpert.contacts.rules_csv import FORMULA
from mailexpert.core.scope import current_account

KEPT = timedelta(hours=24)
LISTS = (
    "(SELECT string_agg(l.name, ', ' ORDER BY l.name) FROM contacts_membership m JOIN contacts_list l "
    "ON l.id = m.list_id WHERE m.contact_id = c.id AND m.ended_at IS NULL AND m.ground <> 'unknown')"
)
TAGS = (
    "(SELECT string_agg(t.name, ', ' ORDER BY t.name) FROM contacts_tagging g JOIN contacts_tag t "
    "ON t.id = g.tag_id WHERE g.contact_id = c.id)"
)
OWN = ("email", "first_name", "last_name", "language", "time_zone")


def path_of(export_id: int) -> Path:
    return env.load().home / "files" / "exports" / str(current_account()) / f"{export_id}.csv"


def forget(export_id: int) -> None:
    path_of(export_id).unlink(missing_ok=True)


def is_there(export: Export) -> bool:
    fresh = export.finished_at is not None and export.finished_at > timezone.now() - KEPT
    return export.state == Export.State.DONE and fresh and path_of(export.id).exists()


def write(export: Export) -> tuple[int, int]:
    """Writes the file as one statement gives it; how many people and bytes. Memory stays flat. Raises
    Segment.DoesNotExist and TreeProblem where the segment is gone since."""
    wanted, params = queries.ids_of(queries.who(queries.Search(**export.wanted)))
    fields = list(Field.objects.order_by("label", "id"))
    columns = [_safe(f"c.{name}") for name in OWN]
    columns += [_safe(f"c.{one.slot}") if one.slot[0] == "t" else f"c.{one.slot}" for one in fields]
    columns += [_safe(LISTS), _safe(TAGS), "c.created_at"]
    statement = (
        f"COPY (SELECT {', '.join(columns)} FROM contacts_wall c WHERE c.id IN ({wanted}) ORDER BY c.id) "  # noqa: S608
        "TO STDOUT WITH (FORMAT csv)"
    )
    path = path_of(export.id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with transaction.atomic(), path.open("wb") as target:
        path.chmod(0o600)
        target.write(_header([*OWN, *(one.name for one in fields), "lists", "tags", "created_at"]))
        with connection.cursor() as cursor, cursor.copy(statement, params) as copy:
            for chunk in copy:
                target.write(chunk)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({wanted}) people", params)  # noqa: S608
            rows = int(cursor.fetchone()[0])
    return rows, path.stat().st_size


def _safe(column: str) -> str:
    """A value that a spreadsheet would run as a formula, made text."""
    formula = FORMULA.replace("'", "''")
    return f"CASE WHEN {column} ~ '{formula}' THEN '''' || {column} ELSE {column} END"


def _header(names: list[str]) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(names)
    return ("\ufeff" + made.getvalue()).encode()


def begin(wanted: queries.Search, *, by_id: int | None) -> Export:
    asked: dict[str, Any] = {
        "term": wanted.term, "list_id": wanted.list_id, "status": wanted.status, "segment_id": wanted.segment_id,
    }  # fmt: skip
    return Export.objects.create(wanted=asked, by_id=by_id)
