"""Access tokens for servers that take no passwords (RFC 6749): fetched with a refresh token, or with a client's own
credentials where there is none, and kept until shortly before they end."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from mailexpert.base import outbound

SECONDS = 15.0
LONGEST_ANSWER = 65_536
EARLY_SECONDS = 60.0
SHORTEST_LIFE = 30.0


class NoToken(Exception):
    """The token's place gives none; the message says why, without any secret."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Where to ask, and what to show."""

    url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    def form(self) -> dict[str, str]:
        kind = "refresh_token" if self.refresh_token else "client_credentials"
        asked = {
            "grant_type": kind,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }
        return {name: value for name, value in asked.items() if value}


Ask = Callable[[Grant], bytes]
_kept: dict[Grant, tuple[str, float]] = {}


def access_token(grant: Grant, ask: Ask | None = None) -> str:
    """A token that holds for some time yet. Blocks while it is fetched; raises NoToken."""
    token, until = _kept.get(grant, ("", 0.0))
    if time.monotonic() < until:
        return token
    try:
        told = json.loads((ask or _ask)(grant))
        token, life = str(told["access_token"]), float(told.get("expires_in", 3600))
    except (ValueError, KeyError, TypeError) as problem:
        raise NoToken("the answer holds no access token") from problem
    if not token.isascii() or not token.isprintable():
        raise NoToken("the answer holds no access token")
    _kept[grant] = token, time.monotonic() + max(SHORTEST_LIFE, life - EARLY_SECONDS)
    return token


def _ask(grant: Grant) -> bytes:
    """To the address that was checked, under the name that was given (base.outbound)."""
    parts = urlsplit(grant.url)
    if parts.scheme != "https" or not parts.hostname:
        raise NoToken("its address doesn't begin with https://")
    try:
        target = outbound.target(parts.hostname, parts.port or 443)
        line = _Checked(target)
        body = urlencode(grant.form())
        heads = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request("POST", path, body, heads)
        answer = line.getresponse()
        told = answer.read(LONGEST_ANSWER)
    except (outbound.Refused, outbound.Unknown) as problem:
        raise NoToken("its host can't be used") from problem
    except (OSError, http.client.HTTPException) as problem:
        raise NoToken(f"it can't be reached: {problem}"[:200]) from problem
    if answer.status != 200:
        raise NoToken(f"it answers {answer.status}")
    return told


class _Checked(http.client.HTTPSConnection):
    """Connects to the address, and checks the certificate against the name."""

    def __init__(self, target: outbound.Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS, context=ssl.create_default_context())
        self._address = target.address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]
