"""Opening a connection to a relay: greeting, TLS, login, and a host that lies inside."""

import asyncio
import base64
import datetime as dt
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mailexpert.base import tokens
from mailexpert.base.env import read
from mailexpert.delivery.ports import Relay, RelayTrouble
from mailexpert.delivery.relays import installation_relay
from mailexpert.delivery.transports.connection import connect


@pytest.fixture(scope="module")
def server_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("tls")
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "both.pem").write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def check_login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"winkel", b"geheim"), handled=False)


class TakesTokens:
    """XOAUTH2, and what it says of a token that it doesn't know: a 334 that the client answers with nothing."""

    TOLD = b"user=winkel\x01auth=Bearer vers\x01\x01"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        if base64.b64decode(args[1]) == self.TOLD:
            return AuthResult(success=True)
        await server.push("334 eyJzdGF0dXMiOiI0MDEifQ==")
        assert (await server._reader.readline()) == b"\r\n"
        return AuthResult(success=False, handled=False)


@asynccontextmanager
async def a_relay(
    context: ssl.SSLContext | None, *, tls: bool = False, without: tuple[str, ...] = (), **fields: Any
):
    def server() -> SMTP:
        options: dict[str, Any] = {
            "authenticator": check_login,
            "auth_require_tls": not tls,
            "auth_exclude_mechanism": without,
            "hostname": "x.example",
        }
        return SMTP(TakesTokens(), tls_context=None if tls else context, **options)

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server, "localhost", 0, ssl=context if tls else None)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield Relay(id=0, account_id=0, host="localhost", port=port, **fields)
    finally:
        listening.close()


def opened(context: ssl.SSLContext | None, *, tls: bool = False, **fields: Any) -> Any:
    async def story() -> Any:
        async with a_relay(context, tls=tls, **fields) as relay:
            transport, offer = await connect(relay, "[127.0.0.1]")
            transport.write(b"QUIT\r\n")
            await asyncio.sleep(0.05)
            transport.close()
            await asyncio.sleep(0.05)
            return offer

    return run(story)


def run(story: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(story())  # type: ignore[arg-type]


LOGIN = {"username": "winkel", "password": "geheim"}


@pytest.mark.parametrize("security", ["starttls", "offered"])
def test_a_connection_is_secured_and_logged_in(server_context: ssl.SSLContext, security: str) -> None:
    assert opened(server_context, security=security, verify=False, **LOGIN).login


@pytest.mark.parametrize("without", [(), ("LOGIN",), ("PLAIN",)])
def test_whichever_way_to_log_in_a_server_offers_is_taken(
    server_context: ssl.SSLContext, without: tuple[str, ...]
) -> None:
    offer = opened(server_context, without=without, security="starttls", verify=False, **LOGIN)
    assert not set(without) & offer.login


TOKEN = {"login": "token", "username": "winkel", "security": "starttls", "verify": False}


def test_a_token_that_is_stored_logs_in_and_one_that_ended_is_named(server_context: ssl.SSLContext) -> None:
    assert "XOAUTH2" in opened(server_context, password="vers", **TOKEN).login
    with pytest.raises(RelayTrouble) as found:
        opened(server_context, password="oud", **TOKEN)
    assert found.value.reason == "relay_login"


def test_a_fresh_token_is_fetched_where_the_relay_says(
    server_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tokens.Grant] = []

    def ask(grant: tokens.Grant) -> bytes:
        asked.append(grant)
        return b'{"access_token": "vers", "expires_in": 3600}'

    monkeypatch.setattr(tokens, "_ask", ask)
    monkeypatch.setattr(tokens, "_kept", {})
    place = {"token_url": "https://login.example/token", "client_id": "wij", "client_secret": "geheim"}
    for _ in range(2):
        assert opened(server_context, password="verversen", **place, **TOKEN)
    (grant,) = asked
    assert grant.form() == {
        "grant_type": "refresh_token", "client_id": "wij", "client_secret": "geheim", "refresh_token": "verversen",
    }  # fmt: skip


def test_without_a_fresh_token_the_login_is_the_trouble(
    server_context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_ask", lambda _grant: b"{}")
    monkeypatch.setattr(tokens, "_kept", {})
    with pytest.raises(RelayTrouble) as found:
        opened(server_context, password="verversen", token_url="https://login.example/token", **TOKEN)
    assert found.value.reason == "relay_login"


def test_tls_from_the_start(server_context: ssl.SSLContext) -> None:
    assert opened(server_context, tls=True, security="tls", verify=False, **LOGIN).login


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"security": "starttls"}, "relay_tls"),  # the certificate is checked
        ({"security": "starttls", "verify": False, "username": "winkel", "password": "mis"}, "relay_login"),
    ],
)
def test_what_goes_wrong_is_named(
    server_context: ssl.SSLContext, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RelayTrouble) as found:
        opened(server_context, **fields)
    assert found.value.reason == reason


def test_tls_that_is_asked_for_and_not_offered_is_no_connection() -> None:
    with pytest.raises(RelayTrouble) as found:
        opened(None, security="starttls")
    assert found.value.reason == "relay_tls"


def test_an_accounts_relay_inside_is_not_even_tried() -> None:
    async def story() -> None:
        async with a_relay(None) as relay:
            await connect(Relay(id=5, account_id=1, host="localhost", port=relay.port), "[127.0.0.1]")

    with pytest.raises(RelayTrouble, match="private network"):
        run(story)


@pytest.mark.parametrize(
    ("url", "security", "port"),
    [
        (None, "none", 1025),
        ("smtp://127.0.0.1:2525", "none", 2525),
        ("smtp://relay.example", "offered", 25),
        ("smtp://u:p%40@relay.example:587", "starttls", 587),
        ("smtps://relay.example", "tls", 465),
    ],
)
def test_the_installations_relay_is_read_from_the_environment(
    url: str | None, security: str, port: int
) -> None:
    relay = installation_relay(read({"MAILEXPERT_RELAY_URL": url} if url else {}))
    assert (relay.security, relay.port, relay.is_default) == (security, port, True)
    assert relay.password == ("p@" if url and "u:p" in url else "")
