"""Where the bytes of pictures lie: a folder of the home, or a store that speaks S3 (Django's storages)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from mailexpert.content.models import Image


class StoreDown(Exception):
    """The store for files gives no answer, so nothing was stored. Try again in a moment."""


class Gone(Exception):
    """The picture's row is there and its bytes are not."""


def _store() -> Storage:
    return storages["images"]


def path_of(image: Image) -> str:
    return f"{image.account_id}/{image.token}.{image.kind}"


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as problem:
        raise Gone(Gone.__doc__) from problem
    except (BotoCoreError, ClientError, OSError) as problem:
        raise StoreDown(StoreDown.__doc__) from problem


def keep(image: Image, data: bytes) -> None:
    """Raises StoreDown."""
    with _answering():
        _store().save(path_of(image), ContentFile(data))


def opened(image: Image) -> IO[bytes]:
    """Raises StoreDown, Gone."""
    with _answering():
        file: IO[bytes] = _store().open(path_of(image))  # type: ignore[assignment]
        return file


def read(image: Image) -> bytes:
    with _answering(), _store().open(path_of(image)) as file:
        return bytes(file.read())


def forget(path: str) -> None:
    """What can't be reached stays behind, and belongs to nobody any more."""
    with _answering():
        _store().delete(path)
