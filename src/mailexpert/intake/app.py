"""What the intake answers. It owns `/t/` alone and knows no page, session or cookie.

/t/c/<token>      a click: stored, then sent on to where the issue's link table says
/t/o/<token>.gif  the counting picture
/t/v              a visit to the operator's own pages, told by the page itself when it is left
/t/u/<token>      POST stops at once (RFC 8058); GET leads to the page where a person can
/healthz          whether hits can be stored
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from mailexpert.intake.agents import is_machine
from mailexpert.intake.database import DatabaseAway
from mailexpert.intake.hits import OPEN_LINK, HitDesk, Kind, prefix
from mailexpert.intake.stops import ONE_CLICK, Kept, StopDesk, StopRequest
from mailexpert.intake.targets import Targets
from mailexpert.intake.visits import VisitDesk
from mailexpert.mail import links

LARGEST_BODY = 4096  # a one-click body has 30 to 300 bytes; more is an attack on memory
BODY_SECONDS = 5.0  # a body that drips is an attack on connections
LONGEST_PATH = 128
MOST_REMEMBERED = 100_000  # clicks' tokens; they are the same for all readers of an issue

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
NO_STORE = ("cache-control", "no-store")
PLAIN = [("content-type", "text/plain; charset=utf-8"), NO_STORE, ("x-content-type-options", "nosniff")]
STOPPED = "Je bent uitgeschreven.\nYou are unsubscribed.\n"
RETRY = [*PLAIN, ("retry-after", "5")]

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """The part of granian's RSGI scope that we read."""

    method: str
    path: str
    headers: Any


class Wire(Protocol):
    """The part of granian's RSGI protocol that we use."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_str(self, status: int, headers: Headers, body: str) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Way:
    """A click that was asked before: its line for people and for machines, and its answer."""

    issue: int
    device: bytes
    machine: bytes
    headers: Headers


class BodyRefused(Exception):
    """The body is larger or slower than any mail program's."""


class App:
    def __init__(
        self,
        key: bytes,
        base_url: str,
        hits: HitDesk,
        stops: StopDesk,
        targets: Targets,
        visits: VisitDesk | None = None,
    ) -> None:
        self._key, self._base_url = key, base_url
        self._hits, self._stops, self._targets = hits, stops, targets
        self._visits = visits
        self._ways: dict[str, Way] = {}
        self.forged = 0

    async def __rsgi__(self, scope: Scope, wire: Wire) -> None:
        path, method = scope.path, scope.method
        way = self._ways.get(path)
        if way is not None and method == "GET":
            await self._send_on(way, scope, wire)
        elif len(path) > LONGEST_PATH:
            _refuse(wire, 404)
        elif path.startswith("/t/c/"):
            await self._click(path, scope, wire)
        elif path.startswith("/t/o/") and path.endswith(".gif"):
            await self._open(path[5:-4], scope, wire)
        elif path.startswith("/t/u/"):
            await self._unsubscribe(path[5:], scope, wire)
        elif path.startswith("/t/p/"):
            self._preferences(path[5:], method, wire)
        elif path == "/t/v" and self._visits is not None:
            await self._visit(self._visits, scope, wire)
        elif path == "/healthz":
            wire.response_str(200, PLAIN, "ok\n")
        else:
            _refuse(wire, 404)

    # ── clicks ──

    async def _click(self, path: str, scope: Scope, wire: Wire) -> None:
        told = self._read(path[5:])
        if not isinstance(told, links.Click):
            _refuse(wire, 404)
        elif scope.method not in ("GET", "HEAD"):
            _refuse(wire, 405, ("allow", "GET, HEAD"))
        else:
            await self._first_click(path, told, scope, wire)

    async def _first_click(self, path: str, told: links.Click, scope: Scope, wire: Wire) -> None:
        try:
            target = await self._targets.find(told.issue, told.link)
        except DatabaseAway:
            wire.response_str(503, RETRY, "Probeer het zo nog eens.\nPlease try again in a moment.\n")
            return
        if target is None:
            _refuse(wire, 404)
        elif scope.method == "HEAD":
            wire.response_empty(302, _redirect(target))
        else:
            await self._send_on(self._remember(path, told, target), scope, wire)

    def _remember(self, path: str, told: links.Click, target: str) -> Way:
        if len(self._ways) >= MOST_REMEMBERED:
            self._ways.clear()
        way = self._ways[path] = Way(
            issue=told.issue,
            device=prefix(told.issue, told.link, Kind.CLICK),
            machine=prefix(told.issue, told.link, Kind.MACHINE_CLICK),
            headers=_redirect(target),
        )
        return way

    async def _send_on(self, way: Way, scope: Scope, wire: Wire) -> None:
        machine = is_machine(scope.headers.get("user-agent") or "")
        if await self._hits.take(way.machine if machine else way.device):
            wire.response_empty(302, way.headers)
        else:
            wire.response_str(503, RETRY, "Probeer het zo nog eens.\nPlease try again in a moment.\n")

    async def forget_deleted(self) -> None:
        """Links of issues that no longer exist lead nowhere."""
        gone = await self._targets.forget_deleted()
        self._ways = {path: way for path, way in self._ways.items() if way.issue not in gone}

    # ── opens ──

    async def _open(self, token: str, scope: Scope, wire: Wire) -> None:
        told = self._read(token)
        if not isinstance(told, links.Open):
            _refuse(wire, 404)
        elif scope.method == "HEAD":
            wire.response_empty(200, [("content-type", "image/gif"), NO_STORE])
        elif scope.method != "GET":
            _refuse(wire, 405, ("allow", "GET, HEAD"))
        else:
            machine = is_machine(scope.headers.get("user-agent") or "")
            kind = Kind.MACHINE_OPEN if machine else Kind.OPEN
            if await self._hits.take(prefix(told.issue, OPEN_LINK, kind)):
                wire.response_bytes(200, [("content-type", "image/gif"), NO_STORE], GIF)
            else:
                wire.response_empty(503, [NO_STORE, ("retry-after", "5")])

    # ── stops ──

    async def _unsubscribe(self, token: str, scope: Scope, wire: Wire) -> None:
        told = self._read(token)
        if not isinstance(told, links.Stop):
            _refuse(wire, 404)
        elif scope.method == "POST":
            await self._one_click(told, scope, wire)
        elif scope.method in ("GET", "HEAD"):
            wire.response_empty(302, [("location", f"{self._base_url}/uitschrijven/{token}"), NO_STORE])
        else:
            _refuse(wire, 405, ("allow", "GET, HEAD, POST"))

    def _preferences(self, token: str, method: str, wire: Wire) -> None:
        if not isinstance(self._read(token), links.Stop):
            _refuse(wire, 404)
        elif method in ("GET", "HEAD"):
            wire.response_empty(302, [("location", f"{self._base_url}/voorkeuren/{token}"), NO_STORE])
        else:
            _refuse(wire, 405, ("allow", "GET, HEAD"))

    async def _one_click(self, told: links.Stop, scope: Scope, wire: Wire) -> None:
        """RFC 8058: no cookie, no redirect, the same answer however often it comes."""
        try:
            body = await _body(scope, wire)
        except BodyRefused:
            _refuse(wire, 413, ("connection", "close"))
            return
        if not _asks_to_stop(body):
            wire.response_str(400, PLAIN, "List-Unsubscribe=One-Click\n")
            return
        try:
            kept = await self._stops.stop(StopRequest(issue=told.issue, contact=told.contact, via=ONE_CLICK))
        except OSError:
            wire.response_str(503, RETRY, "Probeer het zo nog eens.\nPlease try again in a moment.\n")
            return
        wire.response_str(200 if kept is Kept.COMMITTED else 202, PLAIN, STOPPED)

    # ── visits ──

    async def _visit(self, desk: VisitDesk, scope: Scope, wire: Wire) -> None:
        """Answered with nothing at all: no cookie, no body; a browser that leaves waits for nobody."""
        if scope.method != "POST":
            _refuse(wire, 405, ("allow", "POST"))
            return
        try:
            body = await _body(scope, wire)
        except BodyRefused:
            _refuse(wire, 413, ("connection", "close"))
            return
        agent = scope.headers.get("user-agent") or ""
        if is_machine(agent):
            wire.response_empty(204, [NO_STORE])
            return
        stored = desk.take(body, agent, scope)
        wire.response_empty(204 if stored else 400, [NO_STORE])

    def _read(self, token: str) -> Any:
        told = links.read_token(self._key, token)
        if told is None:
            self.forged += 1
        return told


async def _body(scope: Scope, wire: Wire) -> bytes:
    """The whole body, when it is as small and quick as it should be."""
    length = scope.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        raise BodyRefused(BodyRefused.__doc__)
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in wire:
                body += bytes(piece)
                if len(body) > LARGEST_BODY:
                    raise BodyRefused(BodyRefused.__doc__)
    except TimeoutError as problem:
        raise BodyRefused(BodyRefused.__doc__) from problem
    return body


def _asks_to_stop(body: bytes) -> bool:
    """Form or multipart (RFC 8058, 3.2); some programs post nothing, and their reader means the same."""
    lowered = body.lower()
    return not body or (b"list-unsubscribe" in lowered and b"one-click" in lowered)


def _redirect(target: str) -> Headers:
    return [("location", target), NO_STORE, ("referrer-policy", "no-referrer")]


def _refuse(wire: Wire, status: int, *headers: tuple[str, str]) -> None:
    wire.response_empty(status, [NO_STORE, *headers])
