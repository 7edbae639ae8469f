"""Keeping pictures."""

import secrets
from pathlib import Path

from django.db import transaction

from mailexpert.accounts.actions_package import room_for
from mailexpert.base import antivirus, env
from mailexpert.content import uses
from mailexpert.content.models import Image
from mailexpert.content.rules_image import Picture, clean, cut


class NotDescribed(Exception):
    """Say what is to be seen, or that the picture is decoration: who can't see it hears it."""


class InUse(Exception):
    """A template or mailing shows this picture; take it out there first."""


class NoRoom(Exception):
    """The package of this account has no room left for pictures. Delete some, or choose a larger package."""


def keep_image(data: bytes, *, name: str, alt: str, decorative: bool = False) -> Image:
    """Scan, clean and store a picture; it can be shown at once. Raises what antivirus.scan and rules_image.clean
    raise, and NoRoom."""
    scan = antivirus.scan([data], env.load())
    return _stored(clean(data), name=name, alt=alt, decorative=decorative, scanned=scan.scanned)


def keep_clean(picture: Picture, *, name: str, alt: str, scanned: bool) -> Image:
    """A picture that was scanned and cleaned already. Raises NoRoom."""
    return _stored(picture, name=name, alt=alt, decorative=False, scanned=scanned)


def bytes_of(image: Image) -> bytes:
    return path_of(image).read_bytes()


def describe(image: Image, *, name: str, alt: str, decorative: bool) -> None:
    if not alt.strip() and not decorative:
        raise NotDescribed(NotDescribed.__doc__)
    image.name, image.alt, image.decorative = name[:200], alt.strip()[:500], decorative
    image.save(update_fields=["name", "alt", "decorative"])


def cut_image(image: Image, *, ratio: str, focus: tuple[int, int]) -> Image:
    """A new picture: what stands in mails that were sent stays as it was."""
    made = cut(path_of(image).read_bytes(), ratio=ratio, focus=focus)
    return _stored(
        made,
        name=image.name,
        alt=image.alt,
        decorative=image.decorative,
        scanned=image.scanned,
        original=image,
    )


def delete_image(image: Image) -> None:
    """Only what no template, mailing or version shows. Raises InUse."""
    if uses.of(image.token):
        raise InUse(InUse.__doc__)
    path = path_of(image)
    with transaction.atomic():
        image.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _stored(
    picture: Picture, *, name: str, alt: str, decorative: bool, scanned: bool, original: Image | None = None
) -> Image:
    if not room_for("images", len(picture.data)):
        raise NoRoom(NoRoom.__doc__)
    with transaction.atomic():
        made = Image.objects.create(
            token=secrets.token_urlsafe(18),
            name=name[:200],
            alt=alt[:500],
            decorative=decorative,
            kind=picture.kind,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
            scanned=scanned,
            original=original,
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
