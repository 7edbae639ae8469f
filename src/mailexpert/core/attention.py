"""What asks for someone's attention, said by the rooms and shown on the dashboard: a registry filled from
AppConfig.ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Need:
    """`now`: it holds something up. The dashboard makes only the first of those orange."""

    title: str | Promise
    text: str | Promise
    url: str
    button: str | Promise
    icon: str = "info-circle"
    now: bool = False


Source = Callable[[HttpRequest], Iterable[Need]]

_sources: dict[str, Source] = {}


def register(key: str, source: Source) -> None:
    _sources[key] = source


def needs(request: HttpRequest) -> list[Need]:
    """What holds something up first; else in the order of the rooms."""
    found = [need for source in _sources.values() for need in source(request)]
    return sorted(found, key=lambda need: not need.now)
