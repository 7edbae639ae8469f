"""From a relay's settings to a connection that takes letters: connect, greet, secure, log in."""

import asyncio
import base64
import socket
import ssl
from dataclasses import dataclass
from typing import NamedTuple

from mailexpert.base import outbound
from mailexpert.delivery.ports import Relay, RelayTrouble

CONNECT_SECONDS = 30.0
REPLY_SECONDS = 60.0
LONGEST_REPLY = 64 * 1024


class Reply(NamedTuple):
    code: int
    lines: list[str]

    @property
    def words(self) -> str:
        return " / ".join(self.lines)[:300]


@dataclass(slots=True, kw_only=True)
class Greeted:
    """A connection past its greeting, and what the relay offered."""

    transport: asyncio.Transport
    pipelines: bool
    takes_utf8: bool


class Talk(asyncio.Protocol):
    """Question and answer, before the letters begin."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waiter: asyncio.Future[None] | None = None
        self._over = False

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > LONGEST_REPLY:
            self._over = True
        self._tell()

    def connection_lost(self, problem: Exception | None) -> None:
        self._over = True
        self._tell()

    def _tell(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def forget(self) -> None:
        """Whatever came before TLS began may be an attacker's (CVE-2011-0411)."""
        self._buffer = b""

    async def reply(self) -> Reply:
        """The next whole reply. Raises RelayTrouble when the connection ends or the time is over."""
        lines: list[str] = []
        async with asyncio.timeout(REPLY_SECONDS):
            while True:
                line = await self._line()
                lines.append(line[4:].strip())
                if line[3:4] != "-":
                    code = int(line[:3]) if line[:3].isdecimal() else 0
                    return Reply(code, lines)

    async def _line(self) -> str:
        while b"\n" not in self._buffer:
            if self._over:
                raise RelayTrouble("relay_unreachable", "the connection ended")
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")


async def connect(relay: Relay, hello: str) -> Greeted:
    """A connection ready for letters. Raises RelayTrouble: relay_unreachable, relay_refuses, relay_tls,
    relay_login."""
    transport: asyncio.Transport | None = None
    try:
        async with asyncio.timeout(CONNECT_SECONDS + REPLY_SECONDS):
            transport, talk = await _reach(relay)
            return await _greet(relay, hello, transport, talk)
    except RelayTrouble:
        _drop(transport)
        raise
    except (ssl.SSLError, ssl.CertificateError) as problem:
        _drop(transport)
        raise RelayTrouble("relay_tls", str(problem)) from problem
    except (OSError, TimeoutError, outbound.Unknown) as problem:
        _drop(transport)
        raise RelayTrouble("relay_unreachable", str(problem)) from problem
    except outbound.Refused as problem:
        raise RelayTrouble("relay_unreachable", "its host lies inside a private network") from problem


def _drop(transport: asyncio.Transport | None) -> None:
    if transport is not None:
        transport.close()


async def _reach(relay: Relay) -> tuple[asyncio.Transport, Talk]:
    loop = asyncio.get_running_loop()
    address = relay.host
    if not relay.is_default:
        found = await loop.run_in_executor(None, outbound.target, relay.host, relay.port)
        address = found.address
    context = _context(relay) if relay.security == "tls" else None
    name = relay.host if context else None
    async with asyncio.timeout(CONNECT_SECONDS):
        return await loop.create_connection(Talk, address, relay.port, ssl=context, server_hostname=name)


async def _greet(relay: Relay, hello: str, transport: asyncio.Transport, talk: Talk) -> Greeted:
    _expect(await talk.reply(), 220, "relay_refuses")
    offers = await _hello(transport, talk, hello)
    is_private = relay.security == "tls"
    if relay.security == "starttls" or (relay.security == "offered" and "STARTTLS" in offers):
        transport = await _secure(relay, transport, talk, offers)
        offers = await _hello(transport, talk, hello)
        is_private = True
    if relay.username:
        await _log_in(relay, transport, talk, offers, is_private=is_private)
    return Greeted(transport=transport, pipelines="PIPELINING" in offers, takes_utf8="SMTPUTF8" in offers)


async def _hello(transport: asyncio.Transport, talk: Talk, hello: str) -> dict[str, str]:
    """The extensions on offer, by name."""
    transport.write(f"EHLO {hello}\r\n".encode())
    reply = _expect(await talk.reply(), 250, "relay_refuses")
    words = (line.upper().partition(" ") for line in reply.lines[1:])
    return {name: rest for name, _, rest in words}


async def _secure(
    relay: Relay, transport: asyncio.Transport, talk: Talk, offers: dict[str, str]
) -> asyncio.Transport:
    if "STARTTLS" not in offers:
        raise RelayTrouble("relay_tls", "it doesn't offer STARTTLS")
    transport.write(b"STARTTLS\r\n")
    _expect(await talk.reply(), 220, "relay_tls")
    talk.forget()
    secured = await asyncio.get_running_loop().start_tls(
        transport, talk, _context(relay), server_hostname=relay.host
    )
    if secured is None:
        raise RelayTrouble("relay_tls", "the connection ended")
    return secured


async def _log_in(
    relay: Relay, transport: asyncio.Transport, talk: Talk, offers: dict[str, str], *, is_private: bool
) -> None:
    if not is_private and not _is_loopback(relay.host):
        raise RelayTrouble("relay_tls", "a login is only sent over a secured connection")
    ways = offers.get("AUTH", "").split()
    if "PLAIN" in ways or "LOGIN" not in ways:
        secret = f"\0{relay.username}\0{relay.password}".encode()
        transport.write(b"AUTH PLAIN " + base64.b64encode(secret) + b"\r\n")
    else:
        transport.write(b"AUTH LOGIN\r\n")
        for part in (relay.username, relay.password):
            _expect(await talk.reply(), 334, "relay_login")
            transport.write(base64.b64encode(part.encode()) + b"\r\n")
    _expect(await talk.reply(), 235, "relay_login")


def _expect(reply: Reply, code: int, reason: str) -> Reply:
    if reply.code != code:
        raise RelayTrouble(reason, f"{reply.code} {reply.words}")
    return reply


def _context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not relay.verify or relay.security == "offered":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def hello_name() -> str:
    """How we introduce ourselves (RFC 5321, 4.1.1.1): a name with a domain, else an address literal."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
