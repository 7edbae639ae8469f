"""Keeping pictures."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from mailexpert.accounts.actions_package import room_for
from mailexpert.accounts.models import Account
from mailexpert.base import antivirus, env
from mailexpert.content import hosts, store, uses
from mailexpert.content.models import Brand, Image
from mailexpert.content.rules_described import filled
from mailexpert.content.rules_image import Picture, clean, cut, narrower, stopping


class NotDescribed(Exception):
    """Say what is to be seen, or that the picture is decoration: who can't see it hears it."""


class InUse(Exception):
    """A template or mailing shows this picture; take it out there first."""


class NoRoom(Exception):
    """The package of this account has no room left for pictures. Delete some, or choose a larger package."""


def keep_image(data: bytes, *, name: str, alt: str, decorative: bool = False) -> Image:
    """Scan, clean and store a picture. One that isn't described waits for that: no mailing leaves with it. Raises what
    antivirus.scan and rules_image.clean raise, and NoRoom."""
    scan = antivirus.scan([data], env.load())
    return _stored(clean(data), name=name, alt=alt.strip(), decorative=decorative, scanned=scan.scanned)


def keep_clean(picture: Picture, *, name: str, alt: str | None, scanned: bool) -> Image:
    """A picture that was scanned and cleaned already. `alt`: None where nobody said anything of it, empty where it was
    called decoration, as in HTML. Raises NoRoom."""
    return _stored(picture, name=name, alt=alt or "", decorative=alt == "", scanned=scanned)


def bytes_of(image: Image) -> bytes:
    """Raises store.StoreDown, store.Gone."""
    return store.read(image)


@transaction.atomic
def describe(image: Image, *, alt: str, decorative: bool, name: str = "", everywhere: bool = True) -> int:
    """Say what is to be seen. `everywhere`: templates and drafts that show it without words get these; how many.
    Raises NotDescribed."""
    alt = " ".join(alt.split())[:500]
    if not alt and not decorative:
        raise NotDescribed(NotDescribed.__doc__)
    image.name, image.alt, image.decorative = name[:200] or image.name, alt, decorative
    image.save(update_fields=["name", "alt", "decorative"])
    file = f"{image.token}.{image.kind}"
    if not everywhere:
        return 0
    return uses.rewrite(file, lambda kind, source: filled(kind, source, file, alt=alt, decorative=decorative))


def cut_image(image: Image, *, ratio: str, focus: tuple[int, int]) -> Image:
    """A new picture: what stands in mails that were sent stays as it was."""
    made = cut(store.read(image), ratio=ratio, focus=focus)
    return _from(image, made)


def resize_image(image: Image, *, width: int) -> Image:
    """A new picture, no wider than this; the one it was made from stays."""
    return _from(image, narrower(store.read(image), width=width))


@dataclass(frozen=True, kw_only=True)
class Replaced:
    image: Image
    changed: int


def replace_image(image: Image, data: bytes) -> Replaced:
    """A new file in the place of this one, in templates and drafts. Mails that were sent keep the old one: its address
    never shows anything else. Raises as keep_image."""
    scan = antivirus.scan([data], env.load())
    return _in_its_place(image, clean(data), scanned=scan.scanned)


def let_stop(image: Image) -> Replaced:
    """An animation that stands still within five seconds, in the place of this one. Raises store.StoreDown, store.Gone,
    NoRoom."""
    return _in_its_place(image, stopping(store.read(image)), scanned=image.scanned)


@transaction.atomic
def _in_its_place(image: Image, picture: Picture, *, scanned: bool) -> Replaced:
    made = _from(image, picture, scanned=scanned)
    changed = uses.swap(f"{image.token}.{image.kind}", f"{made.token}.{made.kind}")
    return Replaced(image=made, changed=changed)


def _from(image: Image, picture: Picture, *, scanned: bool | None = None) -> Image:
    return _stored(
        picture,
        name=image.name,
        alt=image.alt,
        decorative=image.decorative,
        scanned=image.scanned if scanned is None else scanned,
        original=image,
    )


def delete_image(image: Image) -> None:
    """Only what no template, mailing or version shows. Raises InUse."""
    if uses.of(image.token):
        raise InUse(InUse.__doc__)
    path = store.path_of(image)
    with transaction.atomic():
        image.delete()
        transaction.on_commit(lambda: store.forget(path), robust=True)


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
            moves_for=picture.moves_for,
            flashes=picture.flashes,
            original=original,
        )
        store.keep(made, picture.data)
    return made


def address_of(image: Image) -> str:
    """Where readers of a mail fetch it: under the account's own host where that leads here, else under ours."""
    return f"{hosts.base()}/beeld/{image.token}.{image.kind}"


def set_host(text: str, now: datetime) -> bool:
    """The account's own host for its pictures; whether it leads here already. Raises hosts.NoHost, hosts.NotYours."""
    host = hosts.checked(text)
    changed: dict[str, Any] = {"host": host, "host_seen_at": None}
    with transaction.atomic():
        own = Account.objects.select_for_update().get()
        Brand.objects.update_or_create(
            defaults=changed, create_defaults={"host": host, "name": own.name[:200]}
        )
    return hosts.look(now)
