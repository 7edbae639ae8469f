"""Checks of how MailExpert was installed: secret, addresses, relay."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailexpert.base import keys
from mailexpert.base.env import LOOPBACK, Environment
from mailexpert.operations.doctor.finding import Finding, ok, problem, warn

RELAY_SECONDS = 5


def secret(env: Environment) -> Iterator[Finding]:
    path = env.home / keys.SECRET_FILE
    if env.secret_key is not None:
        if len(env.secret_key) < keys.SHORTEST_SECRET:
            yield problem(
                "MAILEXPERT_SECRET_KEY is too short.",
                f"Use at least {keys.SHORTEST_SECRET} random characters.",
            )
        else:
            yield ok("The secret key comes from the environment.")
    elif not path.exists():
        yield warn(
            "There is no secret key yet.", "The first start makes one in the home; keep a copy of it safe."
        )
    elif path.stat().st_mode & 0o077:
        yield problem(f"Others on this machine may read the secret key in {path}.", f"chmod 600 {path}")
    else:
        yield ok(f"The secret key lies in {path}, closed to others.")


def addresses(env: Environment) -> Iterator[Finding]:
    for variable, address in (("MAILEXPERT_BASE_URL", env.base_url), ("MAILEXPERT_TRACK_URL", env.track_url)):
        parts = urlsplit(address)
        if parts.hostname in LOOPBACK:
            yield from _local(env, variable, address)
        elif parts.scheme == "http":
            yield problem(
                f"{variable} is {address}: passwords and personal data would travel in the open.",
                "Put a proxy with a certificate in front and give its https:// address.",
            )
        else:
            yield ok(f"{variable} is {address}.")


def _local(env: Environment, variable: str, address: str) -> Iterator[Finding]:
    if env.relay_is_local:
        yield ok(f"{variable} is {address}, on this machine alone.")
    else:
        yield problem(
            f"{variable} is {address}, but mail leaves this machine: its links would lead readers nowhere.",
            f"Give the public https:// address in {variable}.",
        )


def relay(env: Environment) -> Iterator[Finding]:
    host, port = env.default_relay
    if env.uses_catcher:
        yield ok("No relay is named, so the built-in catcher keeps all mail on this machine.")
        return
    try:
        with socket.create_connection((host, port), timeout=RELAY_SECONDS) as line:
            greeting = line.recv(200)
    except OSError as trouble:
        yield problem(
            f"The relay {host}:{port} does not answer ({trouble}).",
            "Mailings wait until it does. Check MAILEXPERT_RELAY_URL and the firewall.",
        )
        return
    if greeting.startswith(b"220") or env.relay_url is None or env.relay_url.startswith("smtps"):
        yield ok(f"The relay {host}:{port} answers.")
    else:
        yield problem(f"What answers at {host}:{port} is no mail server.", "Check MAILEXPERT_RELAY_URL.")


def debugging(env: Environment) -> Iterator[Finding]:
    from django.conf import settings

    if settings.DEBUG:
        yield problem(
            "DEBUG is on: error pages show code and data to anyone.", "Set DEBUG = False in the settings."
        )
    else:
        yield ok("Error pages show nothing of the inside.")
