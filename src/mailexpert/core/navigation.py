"""The left navigation, filled by the rooms from their AppConfig.ready."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Entry:
    key: str
    label: str | Promise
    url_name: str
    icon: str
    order: int


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """A room that is built replaces the placeholder of the same key."""
    _entries[entry.key] = entry


def entries() -> list[Entry]:
    return sorted(_entries.values(), key=lambda entry: entry.order)
