"""What lies outside the tables when persons are erased: files of contacts made before."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.db import connection

from mailexpert.contacts import exports, files
from mailexpert.contacts.models import Export, Import
from mailexpert.core.forgetting import Forgotten
from mailexpert.core.jobs import defer
from mailexpert.core.scope import current_account
from mailexpert.privacy.rules_traces import Wanted


def in_exports(_persons: Sequence[Forgotten]) -> int:
    """Made once more, without them: who was to fetch one finds it under the same link."""
    from mailexpert.contacts.jobs import run_export

    made = [one for one in Export.objects.filter(state=Export.State.DONE) if exports.is_there(one)]
    for one in made:
        exports.forget(one.id)
        Export.objects.filter(id=one.id).update(state=Export.State.QUEUED, finished_at=None)
        defer(run_export, export_id=one.id)
    return len(made)


def in_imports(persons: Sequence[Forgotten]) -> int:
    """Files that wait for their import: the persons' rows are taken out of them."""
    wanted = Wanted({one.address: "" for one in persons})
    waiting = Import.objects.filter(state__in=[Import.State.DRAFT, Import.State.QUEUED])
    return sum(_without(files.path_of(one.id), one.encoding or "utf-8", wanted) for one in waiting)


def _without(path: Path, encoding: str, wanted: Wanted) -> int:
    """A row within one line goes whole; of a longer one the address, and the import then refuses the row."""
    if not path.exists():
        return 0
    found, draft = 0, path.with_suffix(".part")
    with (
        path.open(encoding=encoding, errors="surrogateescape", newline="") as old,
        draft.open("w", encoding=encoding, errors="surrogateescape", newline="") as new,
    ):
        draft.chmod(0o600)
        for line in old:
            changed, named = wanted.without(line)
            found += bool(named)
            new.write("" if named and line.count('"') % 2 == 0 else changed)
    if found:
        draft.replace(path)
    with suppress(FileNotFoundError):
        draft.unlink()
    return found


def in_bulks(persons: Sequence[Forgotten]) -> int:
    """The numbers of those to whom something is done at once. In what is under way a nought keeps their place."""
    current_account()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_bulk SET contact_ids = array(SELECT x FROM unnest(contact_ids) x "
            "WHERE x <> ALL(%(gone)s::bigint[])), asked_ids = array(SELECT CASE WHEN x = ANY(%(gone)s::bigint[]) "
            "THEN 0 ELSE x END FROM unnest(asked_ids) WITH ORDINALITY u (x, n) ORDER BY n) "
            "WHERE contact_ids && %(gone)s::bigint[] OR asked_ids && %(gone)s::bigint[]",
            {"gone": [one.contact_id for one in persons]},
        )
        return int(cursor.rowcount)
