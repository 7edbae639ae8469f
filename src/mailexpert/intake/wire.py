"""What the intake reads of a request and how it answers."""

from collections.abc import AsyncIterator
from typing import Any, Protocol

NO_STORE = ("cache-control", "no-store")
PLAIN = [("content-type", "text/plain; charset=utf-8"), NO_STORE, ("x-content-type-options", "nosniff")]
RETRY = [*PLAIN, ("retry-after", "5")]

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """The part of granian's RSGI scope that we read."""

    method: str
    path: str
    client: str
    headers: Any


class Wire(Protocol):
    """The part of granian's RSGI protocol that we use."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_str(self, status: int, headers: Headers, body: str) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


def redirect(target: str) -> Headers:
    return [("location", target), NO_STORE, ("referrer-policy", "no-referrer")]


def refuse(wire: Wire, status: int, *headers: tuple[str, str]) -> None:
    wire.response_empty(status, [NO_STORE, *headers])
