"""Where files come in, and how large at most: told before a byte of one is read. A form with files at any other address
takes as much as a picture needs."""

from django.http import HttpRequest

USUAL = 6_000_000  # a picture of 5 MB and the fields beside it

_doors: dict[str, int] = {}


def register(path: str, largest: int) -> None:
    """`path`: the beginning of the addresses; `largest`: bytes of a whole request."""
    _doors[path] = largest


def largest(path: str) -> int:
    found = [door for door in _doors if path.startswith(door)]
    return _doors[max(found, key=len)] if found else USUAL


def is_over(request: HttpRequest) -> bool:
    """Whether a request with files is larger than its door."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_form = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
    return is_form and (not length.isdecimal() or int(length) > largest(request.path_info))
