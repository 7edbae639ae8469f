"""The environment, read once, typed. A variable we don't know is an error, so that a typing mistake is never silent."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from mailexpert.base import files

PREFIX = "MAILEXPERT_"
SUBMISSION, SUBMISSIONS = 587, 465
USUAL_CONNECTIONS, MOST_CONNECTIONS = 8, 500
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class EnvironmentProblem(Exception):
    """The environment can't be used as it is; the message names the variable and what to do."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    home: Path
    database_url: str | None
    port: int
    track_port: int
    catcher_port: int
    inbound_port: int
    metrics_port: int | None
    base_url: str
    track_url: str
    relay_url: str | None
    secret_key: str | None
    files_url: str | None
    clamav: str | None
    spam: str | None

    @property
    def uses_catcher(self) -> bool:
        """No relay was named, so mail stays on this machine."""
        return self.relay_url is None

    @property
    def default_relay(self) -> tuple[str, int]:
        """Host and port of the relay that serves accounts without one of their own."""
        if self.relay_url is None:
            return "127.0.0.1", self.catcher_port
        parts = urlsplit(self.relay_url)
        standard = SUBMISSIONS if parts.scheme == "smtps" else 25
        return parts.hostname or "127.0.0.1", parts.port or standard

    @property
    def relay_login(self) -> tuple[str, str]:
        """User name and password of the default relay; empty where it asks for none."""
        parts = urlsplit(self.relay_url or "")
        return unquote(parts.username or ""), unquote(parts.password or "")

    @property
    def relay_security(self) -> str:
        """tls, starttls or none. A password never travels in the clear, nor what goes to the submission port."""
        if self.relay_url and self.relay_url.startswith("smtps://"):
            return "tls"
        host, port = self.default_relay
        return "starttls" if host not in LOOPBACK and (self.relay_login[0] or port == SUBMISSION) else "none"

    @property
    def relay_connections(self) -> int:
        """How many connections the default relay gets at most: `?connections=` of its address."""
        asked = parse_qs(urlsplit(self.relay_url or "").query).get("connections", [str(USUAL_CONNECTIONS)])[0]
        if not asked.isdecimal() or not 0 < int(asked) <= MOST_CONNECTIONS:
            raise EnvironmentProblem(
                f"MAILEXPERT_RELAY_URL asks for {asked[:20]!r} connections. Give a number from 1 to {MOST_CONNECTIONS}."
            )
        return int(asked)

    @property
    def file_store(self) -> files.S3 | None:
        """The store for accounts' files; None is the home."""
        try:
            return files.read(self.files_url) if self.files_url else None
        except files.WrongAddress as problem:
            raise EnvironmentProblem(str(problem)) from problem

    @property
    def relay_is_local(self) -> bool:
        return self.default_relay[0] in LOOPBACK

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "") or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise EnvironmentProblem(f"{name} is {text!r}, which is no port. Give a number from 1 to 65535.")
    return int(text)


def _url(values: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...]) -> str:
    text = (values.get(name) or default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in schemes or not parts.hostname:
        allowed = " or ".join(f"{scheme}://…" for scheme in schemes)
        raise EnvironmentProblem(f"{name} is {text!r}. Give an address of the form {allowed}.")
    try:
        parts.port  # noqa: B018  (raises on a port that is no number)
    except ValueError as problem:
        raise EnvironmentProblem(f"{name} is {text!r}, whose port is no number from 1 to 65535.") from problem
    return text


NAMES = (
    "HOME", "PORT", "TRACK_PORT", "CATCHER_PORT", "INBOUND_PORT", "METRICS_PORT", "BASE_URL", "TRACK_URL",
    "RELAY_URL", "SECRET_KEY", "FILES_URL", "CLAMAV", "SPAM",
)  # fmt: skip
KNOWN = {PREFIX + name for name in NAMES}


def read(values: Mapping[str, str]) -> Environment:
    unknown = sorted(name for name in values if name.startswith(PREFIX) and name not in KNOWN)
    if unknown:
        raise EnvironmentProblem(
            f"{unknown[0]} is not a variable of MailExpert. Known are: {', '.join(sorted(KNOWN))}."
        )
    port = _port(values, "MAILEXPERT_PORT", 8000)
    track_port = _port(values, "MAILEXPERT_TRACK_PORT", 8001)
    relay = values.get("MAILEXPERT_RELAY_URL") or None
    metrics = values.get("MAILEXPERT_METRICS_PORT")
    spam = values.get("MAILEXPERT_SPAM") or None
    found = Environment(
        home=Path(values.get("MAILEXPERT_HOME") or "var").expanduser().absolute(),
        database_url=values.get("DATABASE_URL") or None,
        port=port,
        track_port=track_port,
        catcher_port=_port(values, "MAILEXPERT_CATCHER_PORT", 1025),
        inbound_port=_port(values, "MAILEXPERT_INBOUND_PORT", 2525),
        metrics_port=_port(values, "MAILEXPERT_METRICS_PORT", 0) if metrics else None,
        base_url=_url(values, "MAILEXPERT_BASE_URL", f"http://localhost:{port}", ("http", "https")),
        track_url=_url(values, "MAILEXPERT_TRACK_URL", f"http://localhost:{track_port}", ("http", "https")),
        relay_url=_url(values, "MAILEXPERT_RELAY_URL", relay, ("smtp", "smtps")) if relay else None,
        secret_key=values.get("MAILEXPERT_SECRET_KEY") or None,
        files_url=values.get("MAILEXPERT_FILES_URL") or None,
        clamav=values.get("MAILEXPERT_CLAMAV") or None,
        spam=_url(values, "MAILEXPERT_SPAM", spam, ("spamd", "rspamd")) if spam else None,
    )
    _ = found.relay_connections, found.file_store  # what is wrong is told at the start
    return found


@cache
def load() -> Environment:
    return read(os.environ)
