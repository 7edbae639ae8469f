"""Who was erased, kept apart from the rows of accounts: a table, and a file in the home that no backup of the database
brings back to yesterday. It holds numbers and keyed hashes. Each line of the file seals the one before it."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
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


class LedgerBroken(Exception):
    """A line of the file was changed or taken out. What follows it can't be trusted alone."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} of {FILE} doesn't follow from the one before it")
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


def write(entry: Entry) -> None:
    """In the table and on the disk, once each. The file first: what it says is never lost by a rollback."""
    _append(entry)
    with beside_wall(Beside.FORGET):
        ErasureMark.objects.get_or_create(**vars(entry))


def _append(entry: Entry) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a+b") as file:
        os.chmod(path(), 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)  # a lock ends with its process
        last = ""
        file.seek(0)
        for line in file:
            known = json.loads(line)
            if known["told"] == entry.told():
                return
            last = known["seal"]
        sealed = {"told": entry.told(), "seal": _seal(last, entry.told())}
        file.write(json.dumps(sealed).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _seal(before: str, told: str) -> str:
    return keys.keyed_hash(before + told, KEY).hex()


def read(file: IO[bytes]) -> Iterator[Entry]:
    """Raises LedgerBroken."""
    last = ""
    for n, line in enumerate(file, start=1):
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
    names = ("account_id", "contact_id", "person", "stays_off", "at")
    found = {Entry(**row) for row in ErasureMark.objects.values(*names)}
    for one in (path(), *more):
        if one.exists():
            with one.open("rb") as file:
                found.update(read(file))
    return sorted(found, key=lambda entry: (entry.account_id, entry.at, entry.contact_id))
