"""Trying a relay: connect, greet, secure, log in, leave. No mail is sent."""

import socket
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from mailexpert.base import keys, outbound, tokens
from mailexpert.mail.smtp import Closed, Opening, Ready, StartTls, Trouble
from mailexpert.mail.smtp_opening import Wish
from mailexpert.sending.models import MailServer

SECRET_PURPOSE = "relay"  # noqa: S105
SECONDS = 12.0
CHUNK = 16_384
LONGEST_WORDS = 300


class Result(StrEnum):
    READY = "ready"
    INSIDE = "inside"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TLS = "tls"
    LOGIN = "login"


RESULTS = {
    Trouble.LOST: Result.UNREACHABLE,
    Trouble.SHUTTING: Result.REFUSED,
    Trouble.REFUSED: Result.REFUSED,
    Trouble.PROTOCOL: Result.REFUSED,
    Trouble.TLS: Result.TLS,
    Trouble.LOGIN: Result.LOGIN,
}


@dataclass(frozen=True, kw_only=True)
class Host:
    """Where a relay is and how to get in."""

    name: str
    port: int
    security: str
    verify: bool
    login: str = "password"
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Probe:
    """`words`: what the server or the system said, for the technical line."""

    result: Result
    words: str = ""
    pipelining: bool = False
    smtputf8: bool = False


def host_of(relay: MailServer) -> Host:
    return Host(
        name=relay.host,
        port=relay.port,
        security=relay.security,
        verify=relay.verify,
        login=relay.login,
        username=relay.username,
        password=secret_of(relay),
    )


def secret_of(relay: MailServer) -> str:
    """Its password, or an access token; nothing where there is none to be had, which the server then says."""
    try:
        secret = keys.unseal(relay.secret, SECRET_PURPOSE) if relay.secret else ""
        if relay.login != MailServer.Login.TOKEN or not relay.token_url:
            return secret
        client = keys.unseal(relay.client_secret, SECRET_PURPOSE) if relay.client_secret else ""
    except keys.SecretProblem:
        return ""
    grant = tokens.Grant(
        url=relay.token_url, client_id=relay.client_id, client_secret=client, refresh_token=secret
    )
    try:
        return tokens.access_token(grant)
    except tokens.NoToken:
        return ""


def probe(host: Host, resolver: outbound.Resolver = outbound.resolve) -> Probe:
    """Never raises; takes at most a few times SECONDS."""
    try:
        target = outbound.target(host.name, host.port, resolver)
    except outbound.Refused:
        return Probe(result=Result.INSIDE)
    except outbound.Unknown:
        return Probe(result=Result.UNKNOWN)
    return talk(host, target.address)


def talk(host: Host, address: str) -> Probe:
    try:
        with socket.create_connection((address, host.port), timeout=SECONDS) as plain:
            line = _secured(plain, host) if host.security == "tls" else plain
            return _open(line, host)
    except ssl.SSLError as problem:
        return Probe(result=Result.TLS, words=str(problem)[:LONGEST_WORDS])
    except OSError as problem:
        return Probe(result=Result.UNREACHABLE, words=str(problem)[:LONGEST_WORDS])


def _open(line: socket.socket, host: Host) -> Probe:
    opening = Opening(
        Wish(
            hello=_hello(),
            security=host.security,
            login=host.login,
            username=host.username,
            password=host.password,
        )
    )
    while True:
        data = line.recv(CHUNK)
        for event in opening.receive(data) if data else opening.lost():
            match event:
                case StartTls():
                    line.sendall(opening.output())
                    line = _secured(line, host)
                    opening.secured()
                case Ready(offer):
                    line.sendall(b"QUIT\r\n")
                    return Probe(result=Result.READY, pipelining=offer.pipelining, smtputf8=offer.smtputf8)
                case Closed(trouble, code, text):
                    words = f"{code or ''} {text.decode('utf-8', 'replace')}".strip()
                    return Probe(result=RESULTS[trouble], words=words[:LONGEST_WORDS])
        line.sendall(opening.output())


def _secured(line: socket.socket, host: Host) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    if not host.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(line, server_hostname=host.name)


def _hello() -> str:
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
