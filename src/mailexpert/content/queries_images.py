"""The account's pictures."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from mailexpert.content.models import Brand, Image, Template
from mailexpert.content.rules_motion import LONGEST, MOST_FLASHES

PAGE = 24


def page_of_images(term: str, before: int | None) -> tuple[list[Image], bool]:
    """One page, newest first, and whether more follows."""
    rows = Image.objects.order_by("-id")
    if term:
        rows = rows.filter(Q(name__icontains=term) | Q(alt__icontains=term))
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def undescribed() -> QuerySet[Image]:
    """Of which nobody said yet what is to be seen, nor that it is decoration; the newest first."""
    return Image.objects.filter(alt="", decorative=False).order_by("-id")


def moving(tokens: Iterable[str]) -> list[Image]:
    """Those of these that move for too long, or flash too often."""
    too_much = Q(moves_for__gt=LONGEST) | Q(flashes__gt=MOST_FLASHES)
    return list(Image.objects.filter(too_much, token__in=list(tokens)).order_by("id"))


def brands_with(token: str) -> int:
    """Whether the brand shows it as its logo."""
    return Brand.objects.filter(logo__token=token).count()


def templates_with(token: str) -> int:
    return Template.objects.filter(source__contains=token).count()
