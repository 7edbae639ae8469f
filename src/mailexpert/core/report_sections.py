"""What the rooms add to the report of a mailing, on its page and in its files: a registry filled from AppConfig.ready.

Whoever counts what persons do gives no figure of fewer than `SMALLEST_GROUP` people, nor one that differs from another
by fewer (docs/measuring.md); `may_split` says whether this mailing has that many at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

SMALLEST_GROUP = 20


@dataclass(frozen=True, kw_only=True)
class Reported:
    """The mailing whose report is read. `issues`: its own, and the versions tried before it; `sent`: how many people
    got it so far."""

    mailing_id: int
    issues: Sequence[int]
    sent: int
    is_under_way: bool = False

    @property
    def may_split(self) -> bool:
        return self.sent >= SMALLEST_GROUP


@dataclass(frozen=True, kw_only=True)
class Table:
    """The same as rows, for CSV, PDF and API. `head` and text are in the reader's language; numbers stay numbers."""

    key: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | int | float | None]]


def _no_tables(_told: Reported) -> list[Table]:
    return []


@dataclass(frozen=True, kw_only=True)
class Section:
    """`context` gives None when there is nothing to show; the template finds it as `section`, beside `reported`.
    A template is a `<section class="me-section">` with a heading of the second level."""

    key: str
    order: int
    template: str
    context: Callable[[Reported], dict[str, Any] | None]
    tables: Callable[[Reported], list[Table]] = _no_tables


@dataclass(frozen=True, kw_only=True)
class Shown:
    template: str
    context: dict[str, Any]


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """The orders 10 to 90 stand between the clicks and how a mailing was measured."""
    _sections[section.key] = section


def _in_order() -> list[Section]:
    return sorted(_sections.values(), key=lambda section: section.order)


def shown(told: Reported) -> list[Shown]:
    found = ((section, section.context(told)) for section in _in_order())
    return [
        Shown(template=section.template, context=context) for section, context in found if context is not None
    ]


def tables(told: Reported) -> list[Table]:
    return [table for section in _in_order() for table in section.tables(told)]
