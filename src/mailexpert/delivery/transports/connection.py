"""One connection to a relay: the bytes between asyncio and mail.smtp, and TLS."""

import asyncio
import math
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, cast

from mailexpert.base import outbound, outgoing, tokens
from mailexpert.delivery.ports import Relay, RelayTrouble
from mailexpert.delivery.transports.ways import Way
from mailexpert.delivery.window import Letter
from mailexpert.mail.reply import Phase
from mailexpert.mail.smtp import (
    Answer,
    Closed,
    Offer,
    Opening,
    Ready,
    Returned,
    StartTls,
    Transfer,
    Trouble,
    Unanswered,
)
from mailexpert.mail.smtp_opening import Wish

CONNECT_SECONDS = 30.0
OPENING_SECONDS = 120.0  # greeting, EHLO, TLS and login together
REASONS = {
    Trouble.NONE: "",
    Trouble.LOST: "relay_unreachable",
    Trouble.SHUTTING: "relay_refuses",
    Trouble.REFUSED: "relay_refuses",
    Trouble.PROTOCOL: "relay_refuses",
    Trouble.TLS: "relay_tls",
    Trouble.LOGIN: "relay_login",
}


class Wire(Protocol):
    """What a connection needs of the wire it belongs to."""

    def next_letter(self, connection: "Connection") -> Letter | None: ...
    def rests(self, connection: "Connection") -> None: ...
    def returned(self, letter: Letter) -> None: ...
    def lost(self, connection: "Connection", reason: str) -> None: ...


class Opener(asyncio.Protocol):
    """Drives the opening; `ready` is the offer, or the trouble as RelayTrouble."""

    def __init__(self, relay: Relay, hello: str, secret: str) -> None:
        self._relay = relay
        self._opening = Opening(
            Wish(
                hello=hello,
                security=relay.security,
                login=relay.login,
                username=relay.username,
                password=secret,
                is_local=relay.is_installations,
            )
        )
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Offer] = loop.create_future()
        self.transport: asyncio.Transport | None = None
        self._securing: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._act(self._opening.receive(data))

    def connection_lost(self, problem: Exception | None) -> None:
        if self._securing is None or self._securing.done():
            self._act(self._opening.lost())

    def _act(self, events: list[Ready | StartTls | Closed]) -> None:
        assert self.transport is not None
        out = self._opening.output()
        if out:
            self.transport.write(out)
        for event in events:
            if isinstance(event, StartTls):
                self._securing = asyncio.create_task(self._secure())
            elif self.ready.done():
                return
            elif isinstance(event, Ready):
                self.ready.set_result(event.offer)
            else:
                words = event.text[:300].decode("utf-8", "replace")
                self.ready.set_exception(RelayTrouble(REASONS[event.trouble], f"{event.code} {words}"))

    async def _secure(self) -> None:
        assert self.transport is not None
        try:
            secured = await asyncio.get_running_loop().start_tls(
                self.transport, self, tls_context(self._relay), server_hostname=self._relay.host
            )
        except (OSError, ssl.SSLError) as problem:
            if not self.ready.done():
                self.ready.set_exception(RelayTrouble("relay_tls", str(problem)))
            return
        if secured is not None:
            self.transport = secured
            self._act(self._opening.secured())


async def connect(relay: Relay, hello: str) -> tuple[asyncio.Transport, Offer]:
    """A connection that takes mail. Raises RelayTrouble: relay_unreachable, relay_refuses, relay_tls,
    relay_login."""
    opener = Opener(relay, hello, await _secret(relay))
    try:
        async with asyncio.timeout(OPENING_SECONDS):
            await _reach(relay, opener)
            offer = await opener.ready
            assert opener.transport is not None
            return opener.transport, offer
    except BaseException as problem:
        if opener.transport is not None:
            opener.transport.abort()
        raise _named(problem) from problem


async def _secret(relay: Relay) -> str:
    """The password, or an access token, fetched where the relay has a place for that."""
    if relay.login != "token" or not relay.token_url:
        return relay.password
    grant = tokens.Grant(
        url=relay.token_url,
        client_id=relay.client_id,
        client_secret=relay.client_secret,
        refresh_token=relay.password,
    )
    try:
        return await asyncio.get_running_loop().run_in_executor(None, tokens.access_token, grant)
    except tokens.NoToken as problem:
        raise RelayTrouble("relay_login", str(problem)) from problem


def _named(problem: BaseException) -> BaseException:
    match problem:
        case ssl.SSLError() | ssl.CertificateError():
            return RelayTrouble("relay_tls", str(problem))
        case outbound.Refused():
            return RelayTrouble("relay_unreachable", "its host lies inside a private network")
        case OSError() | TimeoutError() | outbound.Unknown():
            return RelayTrouble("relay_unreachable", str(problem))
    return problem


async def _reach(relay: Relay, opener: Opener) -> None:
    loop = asyncio.get_running_loop()
    address = relay.host
    if not relay.is_installations:  # an account named it
        address = (await loop.run_in_executor(None, outbound.target, relay.host, relay.port)).address
    outgoing.check(address, relay.port)  # uvloop's sockets tell no audit event
    context = tls_context(relay) if relay.security == "tls" else None
    name = relay.host if context else None
    async with asyncio.timeout(CONNECT_SECONDS):
        await loop.create_connection(lambda: opener, address, relay.port, ssl=context, server_hostname=name)


def tls_context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not relay.verify or relay.security == "offered":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Connection(asyncio.Protocol):
    """A connection that takes letters from its wire by itself and tells each letter's window what came of it."""

    def __init__(
        self, wire: Wire, transport: asyncio.Transport, offer: Offer, most: float = math.inf
    ) -> None:
        self._wire, self._transport = wire, transport
        self._transfer: Transfer[Letter] = Transfer(offer, partial(wire.next_letter, self))
        self.way: Way | None = None  # whose letters it takes
        self.taken, self.most = 0, most  # letters, and how many it may take
        self._is_over = False
        self._seen_steps = -1
        self._waits_since = 0.0
        self._on: dict[type[Any], Callable[[Any], None]] = {
            Returned: self._returned,
            Unanswered: self._unanswered,
            Closed: self._closed,
        }

    @property
    def awaits_dot(self) -> bool:
        return self._transfer.awaits_dot

    def serve(self, way: Way | None) -> None:
        if self.way is not None:
            self.way.serving -= 1
        if way is not None:
            way.serving += 1
            self.most = min(self.most, self.taken + way.per_connection)
        self.way = way

    def kick(self) -> bool:
        """Start with the next letter; False when there is none."""
        began = self._transfer.kick()
        self._act(self._transfer.told())
        return began

    def end(self) -> None:
        """Leave politely; what has no answer yet is given back or in doubt."""
        if not self._is_over:
            self._act(self._transfer.quit())

    def check(self, now: float) -> None:
        """Called every second or so: give up a server that has not answered for too long, whatever drips in."""
        if self._transfer.steps != self._seen_steps:
            self._seen_steps, self._waits_since = self._transfer.steps, now
        elif (patience := self._transfer.patience) is not None and now > self._waits_since + patience:
            self._act(self._transfer.lost())

    def data_received(self, data: bytes) -> None:
        self._act(self._transfer.receive(data))

    def connection_lost(self, problem: Exception | None) -> None:
        if not self._is_over:
            self._act(self._transfer.lost())

    def _act(self, events: list[Any]) -> None:
        out = self._transfer.output()
        if out:
            self._transport.write(out)
        for event in events:
            if type(event) is Answer:
                self._answered(event)
            else:
                self._on[type(event)](event)
        if self._transfer.is_idle and not self._is_over:
            self._wire.rests(self)

    def _answered(self, answer: Answer[Letter]) -> None:
        letter = answer.letter
        if answer.code == 250 and answer.phase is Phase.DOT:
            letter.window.sent(letter.place)
        elif answer.phase is Phase.SENDER and answer.code < 500:
            self._give_back(letter)  # it takes nothing from us now, whoever the mail is for
            self._leave("relay_refuses")
        else:
            letter.window.answer(letter.place, answer.phase, answer.code, answer.text)

    def _returned(self, event: Returned[Letter]) -> None:
        self._give_back(event.letter)

    def _give_back(self, letter: Letter) -> None:
        letter.window.give_back(letter)
        self._wire.returned(letter)

    def _unanswered(self, event: Unanswered[Letter]) -> None:
        event.letter.window.no_answer(event.letter.place)

    def _closed(self, event: Closed) -> None:
        self._is_over = True
        self._transport.close()
        self._wire.lost(self, REASONS[event.trouble])

    def _leave(self, reason: str) -> None:
        if not self._is_over:
            self._act(self._transfer.quit())
            self._wire.lost(self, reason)
