"""What the intake answers. It owns `/t/` alone and knows no page, session or cookie.

/t/c/<token>      a click: stored, then sent on to where the issue's link table says
/t/o/<token>.gif  the counting picture
/t/h/<token>      the link that nobody can see
/t/v              a visit to the operator's own pages, told by the page itself when it is left
/t/v/<key>        what happened on a page of an account's own site, told by that page
/t/m.js           the script that tells it
/t/u/<token>      POST stops at once (RFC 8058); GET leads to the page where a person can
/healthz          whether hits can be stored
"""

import asyncio
from typing import Any

from mailexpert.intake import sites
from mailexpert.intake.agents import is_machine
from mailexpert.intake.desk import Kept
from mailexpert.intake.readers import ReaderDesk
from mailexpert.intake.stops import ONE_CLICK, StopDesk, StopRequest
from mailexpert.intake.visits import VisitDesk
from mailexpert.intake.wire import NO_STORE, PLAIN, RETRY, Scope, Wire
from mailexpert.intake.wire import refuse as _refuse
from mailexpert.mail import links

LARGEST_BODY = 4096  # a one-click body has 30 to 300 bytes; more is an attack on memory
BODY_SECONDS = 5.0  # a body that drips is an attack on connections
LONGEST_PATH = 128
SCRIPT = [
    ("content-type", "text/javascript; charset=utf-8"), ("cache-control", "public, max-age=3600"),
    ("x-content-type-options", "nosniff"), ("cross-origin-resource-policy", "cross-origin"),
]  # fmt: skip
STOPPED = "Je bent uitgeschreven.\nYou are unsubscribed.\n"


class BodyRefused(Exception):
    """The body is larger or slower than any mail program's."""


class App:
    def __init__(
        self,
        key: bytes,
        base_url: str,
        readers: ReaderDesk,
        stops: StopDesk,
        visits: VisitDesk | None = None,
        told: sites.SiteDesk | None = None,
    ) -> None:
        self._key, self._base_url = key, base_url
        self._readers, self._stops = readers, stops
        self._visits, self._told = visits, told
        self.forged = 0

    async def __rsgi__(self, scope: Scope, wire: Wire) -> None:
        path, method = scope.path, scope.method
        way = self._readers.ways.get(path)
        if way is not None and method == "GET":
            await self._readers.send_on(way, scope, wire)
        elif len(path) > LONGEST_PATH:
            _refuse(wire, 404)
        elif path.startswith(("/t/c/", "/t/o/", "/t/h/")):
            await self._asked(path, scope, wire)
        elif path.startswith("/t/u/"):
            await self._unsubscribe(path[5:], scope, wire)
        elif path.startswith("/t/p/"):
            self._preferences(path[5:], method, wire)
        elif path == "/t/v" and self._visits is not None:
            await self._visit(self._visits, scope, wire)
        elif path.startswith("/t/v/") and self._told is not None:
            await self._site(self._told, path[5:], scope, wire)
        elif path == "/t/m.js" and method in ("GET", "HEAD"):
            wire.response_bytes(200, SCRIPT, sites.SCRIPT if method == "GET" else b"")
        elif path == "/healthz":
            wire.response_str(200, PLAIN, "ok\n")
        else:
            _refuse(wire, 404)

    # ── clicks and opens ──

    async def _asked(self, path: str, scope: Scope, wire: Wire) -> None:
        what = path[3]
        told = self._read(path[5:].removesuffix(".gif").partition(".")[0])
        if told is None or isinstance(told, links.Stop):
            _refuse(wire, 404)
        elif scope.method not in ("GET", "HEAD"):
            _refuse(wire, 405, ("allow", "GET, HEAD"))
        elif what == "c":
            await self._readers.click(path, told, scope, wire)
        elif what == "o" and path.endswith(".gif"):
            await self._readers.open(told, scope, wire)
        elif what == "h":
            self._readers.hidden(told, scope, wire)
        else:
            _refuse(wire, 404)

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
            kept = await self._stops.take(StopRequest(issue=told.issue, contact=told.contact, via=ONE_CLICK))
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

    async def _site(self, desk: sites.SiteDesk, key: str, scope: Scope, wire: Wire) -> None:
        """A page of an account's site. Any other page is refused, before its body is read."""
        found = await desk.find(key, scope)
        if found is None:
            _refuse(wire, 403)
            return
        site, host = found
        headers = [NO_STORE, *sites.allows(scope.headers.get("origin") or "")]
        agent = scope.headers.get("user-agent") or ""
        if scope.method == "OPTIONS" or sites.wants_privacy(scope.headers) or is_machine(agent):
            wire.response_empty(204, headers)
            return
        if scope.method != "POST":
            _refuse(wire, 405, ("allow", "POST, OPTIONS"))
            return
        try:
            body = await _body(scope, wire)
        except BodyRefused:
            _refuse(wire, 413, ("connection", "close"))
            return
        wire.response_empty(desk.take(site, host, body, (desk.address(scope), agent)), headers)

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
