"""Keeping pictures."""

import secrets
from pathlib import Path

from django.db import transaction

from mailexpert.base import antivirus, env
from mailexpert.content.models import Image
from mailexpert.content.rules_image import clean


def keep_image(data: bytes, *, name: str, alt: str) -> Image:
    """Scan, clean and store a picture; it can be shown at once. Raises what antivirus.scan and rules_image.clean
    raise."""
    scan = antivirus.scan([data], env.load())
    picture = clean(data)
    with transaction.atomic():
        made = Image.objects.create(
            token=secrets.token_urlsafe(18),
            name=name[:200],
            alt=alt,
            kind=picture.kind,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
            scanned=scan.scanned,
        )
        _write(path_of(made), picture.data)
    return made


def path_of(image: Image) -> Path:
    return env.load().home / "files" / "images" / str(image.account_id) / f"{image.token}.{image.kind}"


def address_of(image: Image) -> str:
    """Where readers of a mail fetch it."""
    return f"{env.load().base_url}/beeld/{image.token}.{image.kind}"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    draft.write_bytes(data)
    draft.replace(path)
