"""The sentences of this room's rules in the language of whoever reads the page."""

import re
from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext

# Where a sentence pauses of itself; a value that holds such a sign is filled in after that.
PAUSE = re.compile(r"(?<!&lt)(?:\. |: |; )(?=\S)")
VALUE_ALONE = re.compile(r"^(%\(\w+\)s)\.$")  # an address, with which a full stop would be read along


def say(sentence: str, values: Mapping[str, object]) -> str:
    said = gettext(sentence)
    return said % _local(values) if values else said


def told(sentence: str, values: Mapping[str, object]) -> tuple[str, str]:
    """What it says first, as a heading has it, and what it adds."""
    said = gettext(sentence)
    pause = PAUSE.search(said)
    head, rest = (said[: pause.start()], said[pause.end() :]) if pause else (said.removesuffix("."), "")
    rest = VALUE_ALONE.sub(r"\1", rest[:1].upper() + rest[1:])
    shown = _local(values)
    return (head % shown, rest % shown) if values else (head, rest)


def _local(values: Mapping[str, object]) -> dict[str, object]:
    """A figure with a fraction as the language writes it: 0,4 in Dutch."""
    return {
        name: number_format(value, 1) if isinstance(value, float) else value for name, value in values.items()
    }
