"""What lies outside the tables when a person is erased: files of contacts made before."""

import re
from contextlib import suppress
from pathlib import Path

from mailexpert.contacts import exports, files
from mailexpert.contacts.models import Bulk, Export, Import
from mailexpert.core.jobs import defer


def in_exports(_contact_id: int, _address: str) -> int:
    """Made once more, without the person: who was to fetch one finds it under the same link."""
    from mailexpert.contacts.jobs import run_export

    made = [one for one in Export.objects.filter(state=Export.State.DONE) if exports.is_there(one)]
    for one in made:
        exports.forget(one.id)
        Export.objects.filter(id=one.id).update(state=Export.State.QUEUED, finished_at=None)
        defer(run_export, export_id=one.id)
    return len(made)


def in_imports(_contact_id: int, address: str) -> int:
    """Files that wait for their import: the person's rows are taken out of them."""
    waiting = Import.objects.filter(state__in=[Import.State.DRAFT, Import.State.QUEUED])
    return sum(_without(files.path_of(one.id), one.encoding or "utf-8", address) for one in waiting)


def _without(path: Path, encoding: str, address: str) -> int:
    """A row within one line goes whole; of a longer one the address, and the import then refuses the row."""
    if not path.exists():
        return 0
    pattern = re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)
    found, draft = 0, path.with_suffix(".part")
    with (
        path.open(encoding=encoding, errors="surrogateescape", newline="") as old,
        draft.open("w", encoding=encoding, errors="surrogateescape", newline="") as new,
    ):
        draft.chmod(0o600)
        for line in old:
            if pattern.search(line):
                found += 1
                new.write("" if line.count('"') % 2 == 0 else pattern.sub("", line))
            else:
                new.write(line)
    if found:
        draft.replace(path)
    with suppress(FileNotFoundError):
        draft.unlink()
    return found


def in_bulks(contact_id: int, _address: str) -> int:
    """The numbers of those to whom something was done at once, kept for the undo."""
    found = list(Bulk.objects.filter(contact_ids__contains=[contact_id]))
    for one in found:
        left = [number for number in one.contact_ids if number != contact_id]
        Bulk.objects.filter(id=one.id).update(contact_ids=left)
    return len(found)
