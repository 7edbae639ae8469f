"""Who was erased, kept apart from the rows of accounts: a table, and a file in the home that no backup of the database
brings back to yesterday. It holds numbers and keyed hashes. Each line of the file seals the one before it."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from mailexpert.base import env, keys
from mailexpert.core.beside import Beside
from mailexpert.core.scope import beside_wall
from mailexpert.privacy.models import ErasureMark

FILE = "erasures.jsonl"
KEY = "erasure ledger"
NAMES = ("account_id", "contact_id", "person", "stays_off", "at")
TAIL = 4096  # bytes at the end of the file in which its last line stands; a line has some 250


class LedgerBroken(Exception):
    """A line of the file was changed or taken out. What follows it can't be trusted alone."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line or 'at the end'} of {FILE} doesn't follow from the one before it")
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`contact_id` 0: the whole account. `person`: the mark of the address in this account (rules.off_mark).
    `stays_off`: nobody but the person brings it back."""

    account_id: int
    contact_id: int
    person: str
    stays_off: bool
    at: datetime

    def told(self) -> str:
        return json.dumps(
            [self.account_id, self.contact_id, self.person, self.stays_off, self.at.isoformat()]
        )


def path() -> Path:
    return env.load().home / FILE


def write(entries: Sequence[Entry]) -> None:
    """In the table and on the disk. The file first: what it says is never lost by a rollback. What the table knows
    stands in the file already; a line that stands there twice says the same as once."""
    with beside_wall(Beside.FORGET):
        known = _marked(entries)
        new = [entry for entry in entries if entry not in known]
        append(new)
        ErasureMark.objects.bulk_create([ErasureMark(**vars(entry)) for entry in new], ignore_conflicts=True)


def _marked(entries: Sequence[Entry]) -> set[Entry]:
    numbers = {entry.contact_id for entry in entries}
    accounts = {entry.account_id for entry in entries}
    rows = ErasureMark.objects.filter(account_id__in=accounts, contact_id__in=numbers)
    return {Entry(**row) for row in rows.values(*NAMES)}


def append(entries: Sequence[Entry]) -> None:
    """As many lines as there are entries, however long the file is: only its last line is looked at. Raises
    LedgerBroken."""
    if not entries:
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a+b") as file:
        os.chmod(path(), 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)  # a lock ends with its process
        last, end = _last_seal(file)
        file.truncate(end)  # half a line, of a writer that was killed: nobody was told that it is there
        lines = []
        for entry in entries:
            last = _seal(last, entry.told())
            lines.append(json.dumps({"told": entry.told(), "seal": last}).encode() + b"\n")
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())


def _last_seal(file: IO[bytes]) -> tuple[str, int]:
    """Of the last whole line, and where that ends."""
    size = file.seek(0, os.SEEK_END)
    begin = max(size - TAIL, 0)
    file.seek(begin)
    tail = file.read()
    whole = tail.rpartition(b"\n")[0]
    if not whole:
        if begin:
            raise LedgerBroken(0)
        return "", 0
    try:
        return json.loads(whole.rpartition(b"\n")[2])["seal"], begin + len(whole) + 1
    except (ValueError, KeyError, TypeError) as problem:
        raise LedgerBroken(0) from problem


def _seal(before: str, told: str) -> str:
    return keys.keyed_hash(before + told, KEY).hex()


def read(file: IO[bytes]) -> Iterator[Entry]:
    """Raises LedgerBroken. Half a line at the end is what a killed writer left, and says nothing."""
    last = ""
    for n, line in enumerate(file, start=1):
        if not line.endswith(b"\n"):
            return
        try:
            known = json.loads(line)
            told, last_seal = known["told"], known["seal"]
            account_id, contact_id, person, stays_off, at = json.loads(told)
        except (ValueError, KeyError, TypeError) as problem:
            raise LedgerBroken(n) from problem
        if last_seal != _seal(last, told):
            raise LedgerBroken(n)
        last = last_seal
        yield Entry(
            account_id=account_id,
            contact_id=contact_id,
            person=person,
            stays_off=stays_off,
            at=datetime.fromisoformat(at),
        )


def entries(more: Iterable[Path] = ()) -> list[Entry]:
    """Everyone of the table, of this home's file, and of the files of other machines. Runs beside the wall; raises
    LedgerBroken."""
    found = {Entry(**row) for row in ErasureMark.objects.values(*NAMES)}
    for one in (path(), *more):
        found |= of_file(one)
    return sorted(found, key=lambda entry: (entry.account_id, entry.at, entry.contact_id))


def of_file(one: Path) -> set[Entry]:
    if not one.exists():
        return set()
    with one.open("rb") as file:
        return set(read(file))
