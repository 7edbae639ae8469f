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


# Of 31 people: 30 were sent it, and the odd one …
DEFERRED = {"sent": 30, "deferred": 1}
FAILED = {"sent": 30, "failed": 1}
IN_DOUBT = {"sent": 30, "in_doubt": 1}
MANNERS = {
    **dict.fromkeys(("mail4", "mail5", "mail421", "mailmute"), DEFERRED),
    **dict.fromkeys(
        ("mute", "half", "flood", "lines", "extra", "swallow", "nonsense", "no3", "drip"), DEFERRED
    ),
    **dict.fromkeys(("data4", "data421", "datamute", "early", "shut"), DEFERRED),
    **dict.fromkeys(("data5", "rset5", "rsetmute"), FAILED),
    **dict.fromkeys(("stuck", "dothalf", "dotflood"), IN_DOUBT),
    "torn": IN_DOUBT,  # body and dot were one write: perhaps it has read on before it left
    "dottwice": {"sent": 31},  # the second reply is taken for the next one's, until that makes no sense
}


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize("manner", MANNERS)
def test_one_odd_turn_among_thirty_spoils_nobody_elses(room: Mailroom, manner: str, pipelines: bool) -> None:
    one_is_odd(room, manner, OddSink(pipelines=pipelines))


@pytest.mark.parametrize("manner", ["mail4", "half", "data421", "torn", "stuck", "dothalf"])
def test_nor_does_one_whose_line_is_private(
    room: Mailroom, manner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusts(monkeypatch, certificate(tmp_path, days=1))
    one_is_odd(room, manner, OddSink(context=serving(tmp_path)), security="tls")


def one_is_odd(room: Mailroom, manner: str, sink: OddSink, *, security: str = "none") -> None:
    odd = f"{manner}+1@lezer.example"
    issue = room.mailing([*people("ok", 15), odd, *people("goed", 15)])
    sink.emails = dict(room.ask("SELECT id, email FROM contacts_contact"))

    async def story() -> None:
        async with sink, an_engine(sink.port, connections=2, security=security):
            await until(lambda: is_over(room, issue))

    asyncio.run(story())
    counts = {name: n for name, n in room.counts(issue).items() if n}
    assert counts == {"planned": 31} | MANNERS[manner]
    assert {email for email, n in sink.taken.items() if n > 1} == set()
    assert len([email for email in sink.taken if email != odd]) == 30


def is_over(room: Mailroom, issue: int) -> bool:
    """Nobody waits, and whoever comes again does so later than now."""
    soon = room.ask("SELECT 1 FROM sending_retry WHERE due < now() + interval '1 minute'")
    return not soon and room.counts(issue)["waiting"] == 0


OPENINGS = {
    "refuses the greeting": ({"greeting": b"554 5.7.1 go away\r\n"}, "relay_refuses"),
    "is busy": ({"greeting": b"421 4.3.2 not now\r\n"}, "relay_refuses"),
    "says nothing": ({"greeting": HANGS}, "relay_unreachable"),
    "says half a line": ({"greeting": b"220 sink.exam"}, "relay_unreachable"),
    "speaks another language": ({"greeting": b"HTTP/1.1 400 Bad Request\r\n"}, "relay_refuses"),
    "refuses EHLO for now": ({"hello": b"451 4.3.0 later\r\n"}, "relay_refuses"),
    "refuses EHLO": ({"hello": b"550 5.7.1 who are you\r\n"}, "relay_refuses"),
    "drowns EHLO": ({"hello": b"250-" + b"x" * 3_000_000}, "relay_refuses"),
    "says nothing to EHLO": ({"silent_at": "EHLO"}, "relay_unreachable"),
    "refuses the login": ({"login": b"535 5.7.8 who?\r\n"}, "relay_login"),
    "can't say yet who we are": ({"login": b"454 4.7.0 later\r\n"}, "relay_refuses"),
    "goes at the login": ({"login": b"421 4.3.2 going\r\n"}, "relay_refuses"),
    "says nothing to the login": ({"login": b"235 2.7.0 in\r\n", "silent_at": "AUTH"}, "relay_unreachable"),
}


@pytest.mark.parametrize("how", OPENINGS)
def test_a_relay_that_takes_no_connection_makes_the_mailing_wait_and_say_why(
    room: Mailroom, how: str
) -> None:
    oddity, reason = OPENINGS[how]
    waits_for(room, OddSink(**oddity), reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"220 go ahead\r\n", "relay_tls"),
        (b"454 4.7.0 no TLS today\r\n", "relay_tls"),
        (b"501 5.5.4 what?\r\n", "relay_tls"),
        (b"421 4.3.2 going\r\n", "relay_refuses"),
        (b"220 go\r\n250 injected\r\n", "relay_tls"),
        (b"", "relay_unreachable"),
    ],
)
def test_a_relay_that_drops_tls_makes_the_mailing_wait_and_say_why(
    room: Mailroom, answer: bytes, reason: str
) -> None:
    sink = OddSink(starttls=answer or b"220 go\r\n", silent_at="" if answer else "STAR")
    waits_for(room, sink, reason, security="starttls")


def test_an_expired_certificate_makes_the_mailing_wait_and_say_why(
    room: Mailroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its issuer is trusted and its name is right: the date alone is wrong."""
    trusts(monkeypatch, certificate(tmp_path, days=-1))
    context = serving(tmp_path)
    with pytest.raises(connection.RelayTrouble, match="expired"):
        asyncio.run(open_once(OddSink(context=context)))
    waits_for(room, OddSink(context=context), "relay_tls", security="tls")


async def open_once(sink: OddSink) -> None:
    async with sink:
        relay = connection.Relay(id=0, account_id=0, host="127.0.0.1", port=sink.port, security="tls")
        await connection.connect(relay, "[127.0.0.1]")


def waits_for(room: Mailroom, sink: OddSink, reason: str, *, security: str = "none") -> None:
    """Everyone waits while the relay is odd; once it behaves, everyone gets it, by itself."""
    issue = room.mailing(people("ok", 20))
    login = {"username": "winkel", "password": "geheim"} if sink.login else {}

    async def story() -> None:
        async with sink, an_engine(sink.port, security=security, **login):
            await until(lambda: room.ask("SELECT reason FROM sending_issue") == [(reason,)])
            assert room.counts(issue)["waiting"] == 20
            if security == "none":
                sink.greeting, sink.hello, sink.silent_at = GREETING, b"", ""
                sink.login = sink.login and b"235 2.7.0 in\r\n"
                await until(lambda: room.state(issue) == 3)

    asyncio.run(story())
    counts = room.counts(issue)
    if security == "none":
        assert (counts["sent"], sink.taken.total()) == (20, 20)
    else:
        assert (counts["waiting"], counts["in_doubt"], sink.taken.total()) == (20, 0, 0)


def trusts(monkeypatch: pytest.MonkeyPatch, pem: Path) -> None:
    usual = connection.tls_context

    def trusting(relay: connection.Relay) -> ssl.SSLContext:
        context = usual(relay)
        context.load_verify_locations(pem)
        return context

    monkeypatch.setattr(connection, "tls_context", trusting)


def serving(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "relay.pem")
    return context


def certificate(folder: Path, *, days: int) -> Path:
    """One that holds for so many days from now on, or ended so many ago."""
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
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "relay.pem"
    path.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return path
