import smtplib
from collections.abc import Iterator

import pytest

from mailexpert.conftest import Tenant
from mailexpert.intake.inbound import LARGEST_MAIL
from mailexpert.intake.tests.running import Running, comes_true
from mailexpert.intake.tests.test_stops import Reader
from mailexpert.mail.links import click_token, stop_token
from mailexpert.mail.verp import return_path
from mailexpert.tests.ports import free_ports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def inbound_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    port = free_ports(1)[0]
    home = tmp_path_factory.mktemp("inbound")
    running = Running(home, "mailexpert.intake.inbound", port, {"MAILEXPERT_INBOUND_PORT": str(port)})
    running.start()
    yield running
    running.end()


@pytest.fixture
def inbound(transactional_db: None, inbound_process: Running) -> Running:
    return inbound_process


@pytest.fixture
def reader(shop: Tenant, key: bytes) -> Reader:
    return Reader(shop, key)


def answer(inbound: Running, to: str, sender: str = "jan@voorbeeld.nl", body: bytes = b"\r\n") -> int:
    with smtplib.SMTP("127.0.0.1", inbound.port, timeout=10) as wire:
        wire.ehlo()
        wire.mail(sender)
        code, _said = wire.rcpt(to)
        return code if code != 250 else wire.data(body)[0]


@pytest.mark.parametrize("sender", ["jan@voorbeeld.nl", "someone@else.example", ""])
def test_a_mail_to_the_token_stops_whoever_sends_it_and_whatever_it_says(
    inbound: Running, reader: Reader, sender: str
) -> None:
    token = reader.path.removeprefix("/t/u/")
    body = b"Subject: not today\r\nContent-Type: nonsense\r\n\r\nplease do NOT unsubscribe\r\n"
    assert answer(inbound, f"u-{token}@winkel.example", sender, body) == 250
    assert reader.stops() == [(reader.issue.id, 3)]
    assert reader.ended() == {reader.mailed.id: 3}


def test_everything_else_is_refused_while_the_sender_still_holds_it(
    inbound: Running, reader: Reader, key: bytes
) -> None:
    forged = stop_token(b"the key of a forger", reader.issue.id, reader.contact.id)
    wrong = [
        f"u-{forged}@winkel.example",
        f"u-{click_token(key, reader.issue.id, 0)}@winkel.example",
        "u-@winkel.example",
        "b-0123456789abcdef@winkel.example",
        "info@winkel.example",
        "jan@elders.example",
        '"u-"@winkel.example',
    ]
    assert {to: answer(inbound, to) for to in wrong} == dict.fromkeys(wrong, 550)
    assert reader.stops() == []


def test_what_comes_back_to_our_own_return_path_is_taken_and_ends_nothing(
    inbound: Running, reader: Reader, key: bytes
) -> None:
    path = return_path(key, reader.issue.id, reader.contact.id, "terug.winkel.example")
    assert answer(inbound, path, "", b"Subject: Undelivered Mail\r\n\r\nno such user\r\n") == 250
    forged = return_path(b"the key of a forger", reader.issue.id, reader.contact.id, "terug.winkel.example")
    assert answer(inbound, forged, "") == 550
    assert reader.stops() == []


def test_too_large_a_mail_is_refused(inbound: Running, reader: Reader) -> None:
    token = reader.path.removeprefix("/t/u/")
    large = (b"x" * 76 + b"\r\n") * (LARGEST_MAIL // 76)
    assert answer(inbound, f"u-{token}@winkel.example", body=large) == 552
    assert reader.stops() == []


def test_with_the_database_away_the_stop_is_kept_on_disk(inbound: Running, reader: Reader) -> None:
    inbound.end()
    inbound.extra["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    inbound.start()
    token = reader.path.removeprefix("/t/u/")
    assert answer(inbound, f"u-{token}@winkel.example") == 250
    inbound.end()
    del inbound.extra["DATABASE_URL"]
    inbound.start()
    assert comes_true(lambda: reader.ended() == {reader.mailed.id: 3})
