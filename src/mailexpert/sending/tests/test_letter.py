"""A letter that surely didn't leave is tried again; one of which nobody knows is not."""

import smtplib
from collections.abc import Iterator

import pytest
from django.core import mail

from mailexpert.conftest import Tenant
from mailexpert.core.scope import account
from mailexpert.sending import letter, testmail
from mailexpert.sending.letter import InDoubt, NotSent
from mailexpert.sending.models import Issue

LETTER = {"to": "anna@voorbeeld.example", "subject": "Dag", "text": "Dag Anna", "html": "<p>Dag Anna</p>"}


@pytest.fixture(autouse=True)
def inside(shop: Tenant) -> Iterator[None]:
    with account(shop.id):
        yield


class Relay:
    """One that does what it is told when it is given a letter."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem
        self.taken: list[str] = []

    def sendmail(self, sender: str, to: list[str], body: bytes) -> None:
        if self.problem:
            raise self.problem
        self.taken.append(sender)

    def close(self) -> None:
        pass


def through(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    Issue.objects.create(sender_name="Winkel", sender_address="nieuws@winkel.example", subject="x")
    monkeypatch.setattr(letter.queries, "own_relay", lambda: object())
    monkeypatch.setattr(testmail, "connect", lambda: relay)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (smtplib.SMTPDataError(451, b"later"), NotSent),
        (smtplib.SMTPRecipientsRefused({"anna@voorbeeld.example": (550, b"no")}), NotSent),
        (smtplib.SMTPServerDisconnected("gone"), InDoubt),
        (TimeoutError("no answer"), InDoubt),
    ],
)
def test_what_a_relay_says_is_certain_and_a_line_that_breaks_is_not(
    said: Exception, means: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    through(Relay(said), monkeypatch)
    with pytest.raises(means):
        letter.send(**LETTER)


def test_a_relay_that_is_away_got_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise ConnectionRefusedError

    through(Relay(), monkeypatch)
    monkeypatch.setattr(testmail, "connect", away)
    with pytest.raises(NotSent):
        letter.send(**LETTER)


def test_a_letter_may_have_a_sender_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    letter.send(**LETTER, sender="De Vries <dag@winkel.example>")
    assert mail.outbox[0].from_email == "De Vries <dag@winkel.example>"
    relay = Relay()
    through(relay, monkeypatch)
    letter.send(**LETTER, sender="De Vries <dag@winkel.example>")
    letter.send(**LETTER)
    monkeypatch.setattr(letter.queries_domains, "mail_leaves", lambda: True)
    letter.send(
        **LETTER, sender="De Vries <dag@winkel.example>"
    )  # its domain isn't shown to be the account's
    assert relay.taken == ["dag@winkel.example", "nieuws@winkel.example"]
    assert "dag@winkel.example" not in mail.outbox[1].from_email
