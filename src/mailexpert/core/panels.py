"""What the rooms show on the dashboard: a registry filled from AppConfig.ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`context` gives None when there is nothing to show yet."""

    key: str
    order: int
    side: bool
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    _panels[panel.key] = panel


def panels() -> list[Panel]:
    return sorted(_panels.values(), key=lambda panel: panel.order)
