"""Blocks that are shown to a segment alone: in Liquid a segment is a field of the reader that is true or false. Its
name has a hyphen, so no field of an account's own can be called like it."""

from collections.abc import Iterable

from mailexpert.mail import personalise

PREFIX = "segment-"


def name_of(segment_id: int) -> str:
    return f"{PREFIX}{segment_id}"


def number_of(name: str) -> int | None:
    """The segment that a field stands for; None for every other field."""
    number = name.removeprefix(PREFIX)
    return int(number) if name.startswith(PREFIX) and number.isascii() and number.isdecimal() else None


def used(*sources: str) -> list[int]:
    """The segments that a mail asks about, in order. Of what Liquid can't read: none."""
    try:
        names: Iterable[str] = personalise.fields_used(*sources)
    except personalise.RenderProblem:
        return []
    return [number for name in names if (number := number_of(name)) is not None]
