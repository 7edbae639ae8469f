"""Asking the running system over HTTP, as a browser without cookies would. No redirect is followed."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

SECONDS = 10.0
STARTING_SECONDS = 20.0
LARGEST = 3_000_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def cookies(self) -> list[str]:
        """Names of the cookies that it sets."""
        names: list[str] = []
        for key, value in self.headers:
            if key.lower() == "set-cookie":
                names += SimpleCookie(value).keys()
        return names


def await_start(url: str, *, seconds: float = STARTING_SECONDS, between: float = 0.25) -> None:
    """Everything starts at once, and the pages are not the first: give them this long before they are judged."""
    parts = urlsplit(url)
    where = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(where, timeout=SECONDS).close()
            return
        except OSError:
            time.sleep(between)


def fetch(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Raises OSError and http.client.HTTPException when nobody answers."""
    parts = urlsplit(url)
    line = _line(parts.scheme, parts.hostname or "", parts.port)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = {"User-Agent": "MailExpert promises", **(headers or {})}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        line.request(method, path or "/", body=body, headers=sent)
        answer = line.getresponse()
        read = answer.read(LARGEST).decode("utf-8", "replace")
        return Answer(status=answer.status, headers=tuple(answer.getheaders()), body=read)
    finally:
        line.close()


def _line(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=SECONDS)
