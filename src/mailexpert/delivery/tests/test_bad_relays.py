"""Relays that break the rules. Each story ends with a count of everyone: who was sent, who comes again, who is in
doubt. Nobody gets a mail twice, whatever the relay says."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mailexpert.conftest import Tenant
from mailexpert.delivery.tests.mailroom import Mailroom, an_engine, until
from mailexpert.delivery.tests.odd_sink import GREETING, HANGS, OddSink
from mailexpert.delivery.tests.test_stories import people
from mailexpert.delivery.transports import connection
from mailexpert.mail import smtp

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 0.7  # seconds instead of minutes


@pytest.fixture
def room(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    monkeypatch.setattr(smtp, "WAITS", [wait and PATIENCE for wait in smtp.WAITS])
    monkeypatch.setattr(connection, "OPENING_SECONDS", PATIENCE)
    made = Mailroom(shop)
    yield made
    made.close()


DEFERRED = {"sent": 30, "deferred": 1}
MANNERS = {
    **dict.fromkeys(("mute", "half", "flood", "lines", "extra", "swallow", "nonsense", "no3"), DEFERRED),
    **dict.fromkeys(("shut", "data4"), DEFERRED),
    "data5": {"sent": 30, "failed": 1},
    "stuck": {"sent": 30, "in_doubt": 1},
    "torn": {"sent": 30, "in_doubt": 1},  # body and dot were one write: perhaps it has read on before it left
}


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize("manner", MANNERS)
def test_one_odd_turn_among_thirty_spoils_nobody_elses(room: Mailroom, manner: str, pipelines: bool) -> None:
    odd = [f"{manner}+1@lezer.example"]
    everyone = [*people("ok", 15), *odd, *people("goed", 15)]
    issue, sink = room.mailing(everyone), OddSink(pipelines=pipelines)

    async def story() -> None:
        async with sink, an_engine(sink.port, connections=2):
            await until(lambda: room.counts(issue)["waiting"] == 0)

    asyncio.run(story())
    counts = {name: n for name, n in room.counts(issue).items() if n}
    assert counts == {"planned": 31} | MANNERS[manner]
    assert {email for email, n in sink.taken.items() if n > 1} == set()
    assert len([email for email in sink.taken if email not in odd]) == 30


OPENINGS = {
    "refuses the greeting": ({"greeting": b"554 5.7.1 go away\r\n"}, "relay_refuses"),
    "is busy": ({"greeting": b"421 4.3.2 not now\r\n"}, "relay_refuses"),
    "says nothing": ({"greeting": HANGS}, "relay_unreachable"),
    "says half a line": ({"greeting": b"220 sink.exam"}, "relay_unreachable"),
    "speaks another language": ({"greeting": b"HTTP/1.1 400 Bad Request\r\n"}, "relay_refuses"),
    "refuses EHLO for now": ({"hello": b"451 4.3.0 later\r\n"}, "relay_refuses"),
    "refuses EHLO": ({"hello": b"550 5.7.1 who are you\r\n"}, "relay_refuses"),
    "drowns EHLO": ({"hello": b"250-" + b"x" * 3_000_000}, "relay_refuses"),
}


@pytest.mark.parametrize("how", OPENINGS)
def test_a_relay_that_takes_no_connection_makes_the_mailing_wait_and_say_why(
    room: Mailroom, how: str
) -> None:
    oddity, reason = OPENINGS[how]
    waits_for(room, OddSink(**oddity), reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer", [b"220 go ahead\r\n", b"454 4.7.0 no TLS today\r\n", b"220 go\r\n250 injected\r\n"]
)
def test_a_relay_that_drops_tls_makes_the_mailing_wait_and_say_why(room: Mailroom, answer: bytes) -> None:
    waits_for(room, OddSink(starttls=answer), "relay_tls", security="starttls")


def test_an_expired_certificate_makes_the_mailing_wait_and_say_why(
    room: Mailroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its issuer is trusted and its name is right: the date alone is wrong."""
    pem = expired(tmp_path)
    usual = connection.tls_context

    def trusting(relay: connection.Relay) -> ssl.SSLContext:
        context = usual(relay)
        context.load_verify_locations(pem)
        return context

    monkeypatch.setattr(connection, "tls_context", trusting)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with pytest.raises(connection.RelayTrouble, match="expired"):
        asyncio.run(open_once(OddSink(context=context)))
    waits_for(room, OddSink(context=context), "relay_tls", security="tls", mends=False)


async def open_once(sink: OddSink) -> None:
    async with sink:
        relay = connection.Relay(id=0, account_id=0, host="127.0.0.1", port=sink.port, security="tls")
        await connection.connect(relay, "[127.0.0.1]")


def waits_for(
    room: Mailroom, sink: OddSink, reason: str, *, security: str = "none", mends: bool = True
) -> None:
    """Everyone waits while the relay is odd; once it behaves, everyone gets it, by itself."""
    issue = room.mailing(people("ok", 20))

    async def story() -> None:
        async with sink, an_engine(sink.port, security=security):
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [(reason,)])
            assert room.counts(issue)["waiting"] == 20
            if mends and security == "none":
                sink.greeting, sink.hello = GREETING, b""
                await until(lambda: room.state(issue) == 3)

    asyncio.run(story())
    counts = room.counts(issue)
    if mends and security == "none":
        assert (counts["sent"], sink.taken.total()) == (20, 20)
    else:
        assert (counts["waiting"], counts["in_doubt"], sink.taken.total()) == (20, 0, 0)


def expired(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=90))
        .not_valid_after(now - dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "expired.pem"
    path.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return path
