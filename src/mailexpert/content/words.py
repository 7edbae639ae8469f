"""The sentences of this room's rules in the language of whoever reads the page."""

from collections.abc import Mapping

from django.utils.translation import gettext


def say(sentence: str, values: Mapping[str, object]) -> str:
    said = gettext(sentence)
    return said % values if values else said
