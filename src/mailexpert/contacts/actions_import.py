"""Bringing in contacts from a file: take it, prepare it, start it, stop it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO

from django.db import transaction

from mailexpert.base import antivirus, env
from mailexpert.contacts import files, jobs, rules_csv, spreadsheet
from mailexpert.contacts.actions import NewField, make_list, make_missing
from mailexpert.contacts.models import Field, Import, List
from mailexpert.contacts.rules_columns import OWN_FIELDS, field_name, guess
from mailexpert.contacts.rules_csv import Sample, Shape
from mailexpert.contacts.rules_kinds import FEWEST_CHOICES, MOST_CHOICES
from mailexpert.core.jobs import defer
from mailexpert.privacy.models import Ground

SKIP = ""
MOST_COLUMNS = 300


class EmptyFile(Exception):
    """The file holds nothing."""


class TooWide(Exception):
    """The file has more columns than a list of contacts has."""


class NoAddressColumn(Exception):
    """No column of the file holds e-mail addresses; a mapping must say which one does."""


class UnknownColumn(Exception):
    """The mapping names a column that the file doesn't have; its name is the message."""


class TooFewChoices(Exception):
    """A new field with choices needs two to fifty of them; its name is the message."""


class TwiceMapped(Exception):
    """Two columns are mapped to the same field; its name is the message."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a file looks like, and the field proposed for each column."""

    sample: Sample
    shape: Shape
    fields: list[str]


def take_file(file: IO[bytes], file_name: str, *, by_id: int | None = None) -> Import:
    """Scan and keep an upload as a draft. Raises EmptyFile, TooWide, files.TooLarge, what spreadsheet.to_csv raises
    and what antivirus.scan raises."""
    scan = antivirus.scan(files.chunks_of(file), env.load())
    with transaction.atomic():
        batch = Import.objects.create(file_name=file_name[-255:], scanned=scan.scanned, by_id=by_id)
        try:
            digest = hashlib.sha256()
            batch.size = files.keep(batch.id, _through(digest, files.chunks_of(file)))
            batch.file_hash = digest.hexdigest()
            if not batch.size:
                raise EmptyFile(EmptyFile.__doc__)
            path = files.path_of(batch.id)
            if spreadsheet.is_spreadsheet(path):
                spreadsheet.to_csv(path)
                batch.size = path.stat().st_size
            shape = rules_csv.detect(path)
            seen = rules_csv.sample(path, shape)
            if seen.is_endless or seen.width > MOST_COLUMNS:
                raise TooWide(TooWide.__doc__)
        except Exception:
            files.forget(batch.id)
            raise
        return reshape(batch, shape)


def _through(digest: "hashlib._Hash", chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def reshape(batch: Import, shape: Shape) -> Import:
    """Read a draft in another way than was detected."""
    batch.encoding, batch.delimiter, batch.has_header = shape.encoding, shape.delimiter, shape.has_header
    batch.save(update_fields=["size", "file_hash", "encoding", "delimiter", "has_header"])
    return batch


def prepare(batch: Import) -> Prepared:
    shape = Shape(encoding=batch.encoding, delimiter=batch.delimiter, has_header=batch.has_header)
    sample = rules_csv.sample(files.path_of(batch.id), shape)
    fields = guess(sample.header, sample.rows, known_names(), sample.width)
    return Prepared(sample=sample, shape=shape, fields=fields)


def known_names() -> dict[str, str]:
    """Names and labels of the account's fields, in our writing of names, with the field each means."""
    known = {}
    for field in Field.objects.all():
        known[field_name(field.label)] = field.name
        known[field.name] = field.name
    return known


@transaction.atomic
def try_out(
    batch: Import,
    fields: Sequence[str],
    into: List | None,
    ground: str,
    existing: str = Import.Existing.UPDATE,
    *,
    new: Mapping[str, NewField] | None = None,
    given: Mapping[str, str] | None = None,
) -> None:
    """Queue a dry run: all is done and counted, and nothing of it kept, not even a new field. A new list counts as
    empty. `given`: what else was filled in, for the page that comes back. Raises what begin raises."""
    fields, new = _checked(fields), _checked_new(new)
    with transaction.atomic():
        make_missing(fields, new)
        transaction.set_rollback(True)
    batch.mapping = list(fields)
    batch.list, batch.ground, batch.existing = into, Ground(ground), Import.Existing(existing)
    kinds = {name: asdict(one) for name, one in new.items()}
    batch.trial = {"fields": list(fields), "new": kinds, "given": dict(given or {})}
    batch.is_trial, batch.state = True, Import.State.QUEUED
    batch.save(update_fields=["mapping", "list", "ground", "existing", "trial", "is_trial", "state"])
    defer(jobs.run_import, import_id=batch.id)


def _checked(given: Sequence[str]) -> list[str]:
    """In our writing of names, whatever a page sends."""
    fields = [name if name in OWN_FIELDS else field_name(name) for name in given]
    taken = [name for name in fields if name]
    if "email" not in taken:
        raise NoAddressColumn(NoAddressColumn.__doc__)
    for name in taken:
        if taken.count(name) > 1:
            raise TwiceMapped(name)
    return fields


def _checked_new(given: Mapping[str, NewField] | None) -> Mapping[str, NewField]:
    for name, one in (given or {}).items():
        if one.kind == Field.Kind.CHOICE and not FEWEST_CHOICES <= len(one.options) <= MOST_CHOICES:
            raise TooFewChoices(name)
    return given or {}


@transaction.atomic
def begin(
    batch: Import,
    fields: Sequence[str],
    into: List,
    ground: str,
    evidence: str = "",
    existing: str = Import.Existing.UPDATE,
    *,
    new: Mapping[str, NewField] | None = None,
) -> None:
    """Queue a draft: one field name per column, nothing for a column that is left. Unknown names become fields, of the
    kind that `new` says, else text. Raises NoAddressColumn, TwiceMapped, TooFewChoices and actions.FieldsFull."""
    fields = _checked(fields)
    make_missing(fields, _checked_new(new))
    batch.mapping, batch.list, batch.ground, batch.evidence = list(fields), into, Ground(ground), evidence
    batch.existing, batch.is_trial = Import.Existing(existing), False
    # Neither page nor API takes a known ground without the declaration.
    batch.is_declared = batch.ground != Ground.UNKNOWN
    batch.state = Import.State.QUEUED
    batch.save(
        update_fields=[
            "mapping",
            "list",
            "ground",
            "evidence",
            "existing",
            "is_trial",
            "is_declared",
            "state",
        ]
    )
    defer(jobs.run_import, import_id=batch.id)


@dataclass(frozen=True, kw_only=True)
class NewList:
    name: str
    purpose: str


@transaction.atomic
def begin_into_new(
    batch: Import,
    fields: Sequence[str],
    into: NewList,
    ground: str,
    evidence: str,
    existing: str = Import.Existing.UPDATE,
    *,
    new: Mapping[str, NewField] | None = None,
) -> None:
    """Raises what begin raises, and actions.NameTaken; then there is no new list either."""
    begin(batch, fields, make_list(into.name, into.purpose), ground, evidence, existing, new=new)


@dataclass(frozen=True, kw_only=True)
class Order:
    """An import in one go. `mapping` is column → field; without it, columns named like fields are taken."""

    file_name: str
    list_id: int
    ground: str
    evidence: str = ""
    mapping: Mapping[str, str] | None = None
    by_id: int | None = None


def start_import(file: IO[bytes], order: Order) -> Import:
    """Take a file and queue it. Raises List.DoesNotExist and what take_file and begin raise."""
    into = List.objects.get(id=order.list_id, archived_at=None)
    batch = take_file(file, order.file_name, by_id=order.by_id)
    try:
        prepared = prepare(batch)
        fields = prepared.fields if order.mapping is None else mapped(prepared.sample, order.mapping)
        begin(batch, fields, into, order.ground, order.evidence)
    except Exception:
        forget(batch)
        raise
    return batch


def mapped(sample: Sample, mapping: Mapping[str, str]) -> list[str]:
    """A field per column from column → field. A column is named by its header, or by its number from 1."""
    places: dict[str, int] = {str(n + 1): n for n in range(sample.width)}
    for n, header in reversed(list(enumerate(sample.header))):
        places[header.strip()] = n
    fields = [SKIP] * sample.width
    for column, name in mapping.items():
        if column.strip() not in places:
            raise UnknownColumn(column)
        fields[places[column.strip()]] = (
            name if name in OWN_FIELDS else field_name(name.removeprefix("contact."))
        )
    return fields


def cancel(import_id: int) -> None:
    """A waiting import stops at once, a running one within a second; nothing of it is kept."""
    waiting = Import.objects.filter(id=import_id, state=Import.State.QUEUED)
    if waiting.update(state=Import.State.CANCELLED):
        files.forget(import_id)
    else:
        Import.objects.filter(id=import_id, state=Import.State.RUNNING).update(cancel_asked=True)


def forget(batch: Import) -> None:
    files.forget(batch.id)
    batch.delete()
