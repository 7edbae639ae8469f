"""Where uploaded files of contacts lie until their import is over."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from mailexpert.base import env
from mailexpert.core.scope import current_account

LARGEST = 2_000_000_000
CHUNK = 256 * 1024


class TooLarge(Exception):
    """The file is larger than an import takes. Divide it."""


def folder() -> Path:
    return env.load().home / "files" / "imports"


def path_of(import_id: int) -> Path:
    return folder() / str(current_account()) / f"{import_id}.csv"


def keep(import_id: int, chunks: Iterable[bytes]) -> int:
    """Store an upload for this account alone; its size in bytes."""
    path = path_of(import_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    with path.open("wb") as target:
        path.chmod(0o600)
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                target.close()
                path.unlink()
                raise TooLarge(TooLarge.__doc__)
            target.write(chunk)
    return size


def forget(import_id: int) -> None:
    path_of(import_id).unlink(missing_ok=True)


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
