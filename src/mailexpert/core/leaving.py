"""What the rooms do when an account leaves: stop what is under way, and erase what lies outside the tables."""

from collections.abc import Callable

Verb = Callable[[], object]

_stops: dict[str, Verb] = {}
_erasers: dict[str, Verb] = {}


def on_stop(key: str, verb: Verb) -> None:
    """Runs inside the account, the moment it gives notice."""
    _stops[key] = verb


def on_erase(key: str, verb: Verb) -> None:
    """Runs inside the account, before its rows are deleted: files, caches, copies elsewhere."""
    _erasers[key] = verb


def stop_all() -> None:
    for verb in _stops.values():
        verb()


def erase_outside() -> None:
    for verb in _erasers.values():
        verb()
