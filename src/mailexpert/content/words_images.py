"""What a script needs to know of a picture."""

import re
from typing import Any

from django.urls import reverse

from mailexpert.content import actions_images
from mailexpert.content.models import Image

OF_THE_LIBRARY = re.compile(r"/beeld/([-\w]{20,32})\.(?:jpg|png|gif)")


def in_json(image: Image) -> dict[str, Any]:
    """To put it into a mail, to ask first what is to be seen, or to cut another one from it."""
    names = ("alt", "decorative", "name", "width", "height", "size")
    shown: dict[str, Any] = {name: getattr(image, name) for name in names}
    return shown | {
        "url": actions_images.address_of(image),
        "shown": reverse("image", args=[image.token, image.kind]),
        "answer": "" if image.is_described else reverse("content:describe_image", args=[image.pk]),
        "cut": reverse("content:cut_image", args=[image.pk]),
    }


def in_source(source: str) -> dict[str, dict[str, Any]]:
    """Of each picture of the library that a mail shows, by its file."""
    tokens = set(OF_THE_LIBRARY.findall(source))
    found = Image.objects.filter(token__in=tokens) if tokens else ()
    return {f"{image.token}.{image.kind}": in_json(image) for image in found}
