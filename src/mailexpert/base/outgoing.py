"""Where this process may connect to. What the installation itself names is declared: its database, relay, scanner,
file store and own addresses. Hosts that accounts name are a class of their own and come through base.outbound. Anything
else is refused before a byte leaves, and said in the log.

The guard listens to the interpreter's audit events, so it sees every socket that Python code opens, a library's too.
libpq's and uvloop's own sockets it doesn't see: the one goes to the declared database, the other asks `check`."""

import ipaddress
import re
import socket
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from mailexpert.base.env import LOOPBACK, Environment

log = structlog.get_logger()

ADMITTED_SECONDS = 600.0  # as long as an account's host may take to be connected to after it was checked
RESOLVED_SECONDS = 300.0
DNS = 53
PROBE = "192.0.2.1"  # documentation alone uses it (RFC 5737): what a check tries, and no news when refused
RESOLVERS = Path("/etc/resolv.conf")


class Undeclared(ConnectionRefusedError):
    """No declared host; the connection was refused here. Declare it, or let base.outbound look at what an account
    named."""


@dataclass(frozen=True, kw_only=True)
class Host:
    name: str
    purpose: str


def declared(env: Environment) -> list[Host]:
    """The hosts that the environment names, with what each is for; those on this machine aside."""
    named = [
        (urlsplit(env.database_url or "").hostname, "database"),
        (urlsplit(env.relay_url or "").hostname, "relay"),
        (urlsplit(env.files_url or "").hostname, "files"),
        (_scanner(env.clamav), "scanner"),
        (urlsplit(env.spam or "").hostname, "spam filter"),
        (urlsplit(env.base_url).hostname, "own pages"),
        (urlsplit(env.track_url).hostname, "own tracking address"),
    ]
    found = {unquote(name): purpose for name, purpose in reversed(named) if name and not _is_here(name)}
    return [Host(name=name, purpose=purpose) for name, purpose in found.items()]


def _scanner(where: str | None) -> str | None:
    return where.rpartition(":")[0].strip("[]") if where and not where.startswith("/") else None


def _is_here(host: str) -> bool:
    if host in LOOPBACK or host.startswith(("/", "%2F", "%2f")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(hosts)
        self._admitted: dict[str, float] = {}
        self._resolved: dict[str, float] = {}
        self._inside = threading.local()
        self.refused = 0

    def admit(self, address: str) -> None:
        """An address that base.outbound has checked for an account."""
        self._admitted[address] = time.monotonic() + ADMITTED_SECONDS

    def check(self, address: str, port: int) -> None:
        """Raises Undeclared."""
        if self._is_declared(address, port):
            return
        self.refused += 1
        if address != PROBE:
            log.error("connection to an undeclared host refused", host=address, port=port)
        raise Undeclared(f"{address}:{port}: {Undeclared.__doc__}")

    def _is_declared(self, address: str, port: int) -> bool:
        if _is_here(address) or address in self._hosts or self._admitted.get(address, 0.0) > time.monotonic():
            return True
        if port == DNS and address in _resolvers():
            return True
        if self._resolved.get(address, 0.0) < time.monotonic():
            self._resolve()
        return self._resolved.get(address, 0.0) > time.monotonic()

    def _resolve(self) -> None:
        """What the declared names stand for now; a resolver's own sockets aren't looked at meanwhile."""
        self._inside.resolving = True
        until = time.monotonic() + RESOLVED_SECONDS
        try:
            for host in self._hosts:
                try:
                    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
                except (OSError, UnicodeError):
                    continue
                self._resolved.update({str(entry[4][0]): until for entry in found})
        finally:
            self._inside.resolving = False

    def hear(self, event: str, values: tuple[Any, ...]) -> None:
        """An audit hook: what it raises stops the call."""
        if event not in ("socket.connect", "socket.sendto") or getattr(self._inside, "resolving", False):
            return
        line, where = values[0], values[1]
        if line.family in (socket.AF_INET, socket.AF_INET6) and isinstance(where, tuple):
            self.check(str(where[0]).partition("%")[0], int(where[1]))


def _resolvers() -> set[str]:
    try:
        return set(re.findall(r"^nameserver\s+(\S+)", RESOLVERS.read_text(), re.MULTILINE))
    except OSError:
        return set()


_guard: Guard | None = None


def watch(env: Environment) -> Guard:
    """From here on this process connects to declared hosts alone. Called once, where a process starts."""
    global _guard
    if _guard is None:
        sys.addaudithook(_hear)
    _guard = Guard(host.name for host in declared(env))
    return _guard


def unwatch() -> None:
    """For tests: an audit hook can't be taken away, but it can go deaf."""
    global _guard
    _guard = None


def is_watching() -> bool:
    return _guard is not None


def admit(address: str) -> None:
    if _guard is not None:
        _guard.admit(address)


def check(address: str, port: int) -> None:
    """For connections that no audit event tells of. Raises Undeclared."""
    if _guard is not None:
        _guard.check(address, port)


def _hear(event: str, values: tuple[Any, ...]) -> None:
    if _guard is not None:
        _guard.hear(event, values)
