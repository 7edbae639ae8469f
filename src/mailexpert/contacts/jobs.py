"""Work on contacts in the background."""

import logging
import time
from datetime import timedelta

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from mailexpert.accounts.actions_package import NoRoom, need_room
from mailexpert.accounts.models import Account
from mailexpert.contacts import (
    actions,
    exports,
    files,
    landing,
    queries,
    queries_segments,
    slots,
    staging,
    words,
)
from mailexpert.contacts.models import Bulk, Change, Contact, Export, Field, Import, Refusal, Segment
from mailexpert.contacts.rules.tree import TreeProblem
from mailexpert.contacts.rules_columns import KINDS, Column
from mailexpert.contacts.rules_csv import Shape
from mailexpert.core import jobs
from mailexpert.core.beside import Beside
from mailexpert.core.scope import account, beside_wall
from mailexpert.privacy import actions as ledger

log = logging.getLogger(__name__)
TELL_SECONDS = 0.5
DRAFTS_KEPT = timedelta(hours=24)
REFUSALS_KEPT = timedelta(days=30)
CHANGES_KEPT = timedelta(days=7)
LONGEST_RUN = timedelta(hours=12)
State = Import.State
UNFINISHED = (State.QUEUED, State.RUNNING)


class Cancelled(Exception):
    """Somebody asked to stop; nothing of the file is kept."""


class FieldGone(Exception):
    """A field that the mapping names was deleted since; its name. Bringing the rest in would lose that column."""


class Tried(Exception):
    """A dry run is over: what would have happened, and nothing is kept."""

    def __init__(self, landed: landing.Landed) -> None:
        super().__init__()
        self.landed = landed


class Progress:
    """Shows how far an import is, through a session of its own: what the import's transaction writes is only
    seen when all is done. Raises Cancelled when that was asked."""

    def __init__(self, import_id: int) -> None:
        self._import = import_id
        self._line = connection.copy()
        self._told = 0.0

    def __call__(self, bytes_read: int, rows_read: int) -> None:
        if time.monotonic() - self._told >= TELL_SECONDS:
            self.tell(bytes_read, rows_read)

    def tell(self, bytes_read: int, rows_read: int) -> None:
        self._told = time.monotonic()
        with self._line.cursor() as cursor:
            cursor.execute(
                "UPDATE contacts_import SET bytes_read = %s, rows_read = %s "
                "WHERE id = %s RETURNING cancel_asked",
                [bytes_read, rows_read, self._import],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise Cancelled

    def close(self) -> None:
        self._line.close()


@jobs.job
def run_import(import_id: int) -> None:
    """All of a file or nothing of it. A worker that dies leaves nothing, and the next one starts over."""
    found = Import.objects.filter(id=import_id, state__in=UNFINISHED)
    if found.update(state=State.RUNNING, started_at=timezone.now(), bytes_read=0, rows_read=0):
        _run(import_id)
    if not Import.objects.filter(id=import_id, state__in=(*UNFINISHED, State.DRAFT)).exists():
        files.forget(import_id)


def _run(import_id: int) -> None:
    progress = Progress(import_id)
    try:
        with transaction.atomic():
            _bring_in(import_id, progress)
    except Cancelled:
        _end(import_id, State.CANCELLED)
    except Tried as tried:
        _end_trial(import_id, tried.landed)
    except NoRoom:
        _end(import_id, State.FAILED, "package")
    except staging.HoldsBsn as problem:
        _end(import_id, State.FAILED, "bsn", str(problem))
    except FieldGone as problem:
        _end(import_id, State.FAILED, "field_gone", str(problem))
    except FileNotFoundError as problem:
        _end(import_id, State.FAILED, "file_gone", str(problem))
    except OperationalError:
        raise  # the database went away or another was in our way: the queue tries again
    except (DatabaseError, UnicodeError) as problem:
        log.exception("import %s failed", import_id)
        _end(import_id, State.FAILED, "unexpected", type(problem).__name__)
    finally:
        progress.close()


def _bring_in(import_id: int, progress: Progress) -> None:
    landing.take_turn()
    batch = Import.objects.select_related("list").get(id=import_id)
    if batch.is_over:
        return  # another worker was faster
    if batch.is_trial:
        new = (batch.trial or {}).get("new", {})
        actions.make_missing(batch.mapping, {name: actions.NewField(**one) for name, one in new.items()})
    source = source_of(batch)
    _need_every_field(batch, source)
    progress.tell(batch.size, staging.stage(source, progress))
    with override(Account.objects.get().language):
        proof = words.of_an_import(batch)
    evidence = ledger.keep_evidence(source="import", text=proof, by_id=batch.by_id)
    landed = landing.land(batch, source.columns, evidence)
    if batch.is_trial:
        raise Tried(landed)
    if landed.added:
        need_room("contacts", 0)  # the new ones are counted already
        jobs.defer(count_totals)
    rows = landed.added + landed.updated + landed.unchanged + landed.refused + landed.duplicates
    Import.objects.filter(id=import_id).update(
        state=State.DONE,
        finished_at=timezone.now(),
        bytes_read=batch.size,
        rows_read=rows,
        landed_at=landing.moment(),
        **vars(landed),
    )


def _need_every_field(batch: Import, source: staging.Source) -> None:
    taken = {"email", *(column.name for column in source.columns)}
    if gone := next((name for name in batch.mapping if name and name not in taken), ""):
        raise FieldGone(gone)


def _end_trial(import_id: int, landed: landing.Landed) -> None:
    """Back to the draft it was, with the figures of the dry run beside it."""
    asked = Import.objects.values_list("trial", flat=True).get(id=import_id) or {}
    Import.objects.filter(id=import_id).update(
        state=State.DRAFT,
        is_trial=False,
        trial={**asked, "counts": vars(landed)},
        started_at=None,
        bytes_read=0,
        rows_read=0,
    )


def source_of(batch: Import) -> staging.Source:
    """What the import's mapping, one field name per column, means for its file."""
    custom = {field.name: field for field in Field.objects.all()}
    columns = []
    for position, name in enumerate(batch.mapping):
        if name in KINDS:
            columns.append(Column(position=position, name=name, target=name, kind=KINDS[name]))
        elif name in custom:
            field = custom[name]
            columns.append(
                Column(
                    position=position,
                    name=name,
                    target=field.slot,
                    kind=field.kind,
                    options=tuple(field.options),
                )
            )
    shape = Shape(encoding=batch.encoding, delimiter=batch.delimiter, has_header=batch.has_header)
    return staging.Source(
        path=files.path_of(batch.id),
        shape=shape,
        width=len(batch.mapping),
        email_position=batch.mapping.index("email"),
        columns=columns,
    )


def _end(import_id: int, state: Import.State, reason: str = "", technical: str = "") -> None:
    Import.objects.filter(id=import_id, state__in=UNFINISHED).update(
        state=state, reason=reason, technical=technical, finished_at=timezone.now()
    )


@jobs.job
def run_export(export_id: int) -> None:
    export = Export.objects.filter(id=export_id, state=Export.State.QUEUED).first()
    if export is None:
        return
    try:
        rows, size = exports.write(export)
    except (TreeProblem, Segment.DoesNotExist):
        exports.forget(export_id)
        Export.objects.filter(id=export_id).update(state=Export.State.FAILED, finished_at=timezone.now())
        return
    Export.objects.filter(id=export_id).update(
        state=Export.State.DONE, rows=rows, size=size, finished_at=timezone.now()
    )


@jobs.job
def delete_field(field_id: int) -> None:
    """The field and what contacts hold in it, together; segments and mails that name it say that it is gone."""
    with transaction.atomic():
        field = Field.objects.select_for_update().filter(id=field_id).first()
        if field is not None:
            filled = Contact.objects.filter(**{f"{field.slot}__isnull": False})
            filled.update(**{field.slot: None})
            field.delete()


@jobs.job
def index_slots() -> None:
    """Index what the segments of this account look into. A large account has it within a minute."""
    used = sorted(queries_segments.columns_used() & slots.KNOWN.keys())
    with beside_wall(Beside.SLOTS):
        made = [column for column in used if slots.prepare(column)]
        if made:
            slots.learn()


@jobs.job
def count_totals() -> None:
    """How many contacts there are and how many signed up, for the pages that show it."""
    queries.count_totals()


@jobs.every("17 * * * *")
def clean_imports() -> None:
    """Drafts that were left, refused rows that are old, and runs that no worker finishes any more."""
    now = timezone.now()
    Refusal.objects.filter(batch__finished_at__lt=now - REFUSALS_KEPT).delete()
    over = Import.objects.filter(landed_at__lt=now - CHANGES_KEPT).values_list("id", flat=True)
    Change.objects.filter(import_id__in=over).delete()
    for export_id, account_id in Export.objects.filter(finished_at__lt=now - exports.KEPT).values_list(
        "id", "account_id"
    ):
        with account(account_id):
            exports.forget(export_id)
    Bulk.objects.filter(at__lt=now - DRAFTS_KEPT).delete()
    Export.objects.filter(created_at__lt=now - REFUSALS_KEPT).delete()
    left = Q(state=State.DRAFT, created_at__lt=now - DRAFTS_KEPT)
    stuck = Q(state__in=UNFINISHED, created_at__lt=now - LONGEST_RUN)
    for import_id, account_id, state in Import.objects.filter(left | stuck).values_list(
        "id", "account_id", "state"
    ):
        with account(account_id):
            files.forget(import_id)
            if state == State.DRAFT:
                Import.objects.filter(id=import_id).delete()
            else:
                _end(import_id, State.FAILED, "stuck")
