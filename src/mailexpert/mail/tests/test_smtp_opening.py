"""From greeting to readiness, or a reason why not."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.smtp_opening import Closed, Offer, Opening, Ready, StartTls, Trouble, Wish, read_offer

EHLO = b"EHLO mail.example\r\n"
WISH = {"hello": "mail.example"}
LOGIN = {"username": "jan", "password": "geheim"}
PRIVATE = {"security": "tls", **LOGIN}


def talk(opening, *turns):
    """Each turn: what the server says, and what we answer."""
    events = []
    for said, answered in turns:
        events = opening.receive(said)
        assert opening.output() == answered
    return events


def test_a_greeting_and_a_hello_make_it_ready():
    offers = b"250-mx\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 35882577\r\n250-DSN\r\n250 SMTPUTF8\r\n"
    (ready,) = talk(Opening(Wish(**WISH)), (b"220 mx\r\n", EHLO), (offers, b""))
    wanted = Offer(pipelining=True, eight_bit=True, size=35882577, dsn=True, smtputf8=True)
    assert ready == Ready(wanted)


def test_tls_comes_before_the_login_and_what_was_offered_before_it_is_forgotten():
    opening = Opening(Wish(**WISH, security="starttls", **LOGIN))
    hello = b"250-mx\r\n250-STARTTLS\r\n250 AUTH LOGIN\r\n"
    (tls,) = talk(opening, (b"220 mx\r\n", EHLO), (hello, b"STARTTLS\r\n"), (b"220 go\r\n", b""))
    assert tls == StartTls()
    assert opening.secured() == []
    assert opening.output() == EHLO
    secret = base64.b64encode(b"\0jan\0geheim")
    last = talk(
        opening,
        (b"250-mx\r\n250 AUTH PLAIN LOGIN\r\n", b"AUTH PLAIN " + secret + b"\r\n"),
        (b"235 in\r\n", b""),
    )
    assert isinstance(last[0], Ready)


def test_a_login_in_two_questions():
    opening = Opening(Wish(**WISH, security="tls", **LOGIN))
    last = talk(
        opening,
        (b"220 mx\r\n", EHLO),
        (b"250-mx\r\n250 AUTH=LOGIN\r\n", b"AUTH LOGIN\r\n"),
        (b"334 VXNlcm5hbWU6\r\n", base64.b64encode(b"jan") + b"\r\n"),
        (b"334 UGFzc3dvcmQ6\r\n", base64.b64encode(b"geheim") + b"\r\n"),
        (b"235 in\r\n", b""),
    )
    assert isinstance(last[0], Ready)


@pytest.mark.parametrize(
    ("wish", "turns", "trouble"),
    [
        ({}, [b"554 not you\r\n"], Trouble.REFUSED),
        ({}, [b"421 busy\r\n"], Trouble.SHUTTING),
        ({}, [b"SSH-2.0-OpenSSH\r\n"], Trouble.PROTOCOL),
        ({}, [b"220 a\r\n", b"550 no\r\n"], Trouble.REFUSED),
        ({}, [b"220 a\r\n", b"250 a\r\n250 b\r\n"], Trouble.PROTOCOL),
        ({"security": "starttls"}, [b"220 a\r\n", b"250 a\r\n"], Trouble.TLS),
        ({"security": "starttls"}, [b"220 a\r\n", b"502 no\r\n"], Trouble.REFUSED),
        ({"security": "starttls"}, [b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"454 no\r\n"], Trouble.TLS),
        (
            {"security": "starttls"},
            [b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n250 injected\r\n"],
            Trouble.TLS,
        ),
        (
            {"security": "starttls"},
            [b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n", b"220 go\r\n250 inj"],
            Trouble.TLS,
        ),
        (LOGIN, [b"220 a\r\n", b"250-a\r\n250 AUTH PLAIN\r\n"], Trouble.TLS),
        (PRIVATE, [b"220 a\r\n", b"250-a\r\n250 AUTH PLAIN\r\n", b"535 no\r\n"], Trouble.LOGIN),
        (PRIVATE, [b"220 a\r\n", b"250-a\r\n250 AUTH PLAIN\r\n", b"454 4.7.0 later\r\n"], Trouble.REFUSED),
        (PRIVATE, [b"220 a\r\n", b"250-a\r\n250 AUTH PLAIN\r\n", b"334 more\r\n"], Trouble.LOGIN),
    ],
)  # fmt: skip
def test_why_a_connection_takes_no_mail(wish, turns, trouble):
    opening = Opening(Wish(**WISH, **wish))
    events = [event for said in turns for event in opening.receive(said)]
    assert [event.trouble for event in events] == [trouble]
    assert opening.output() == b""
    assert opening.lost() == []


def test_a_login_to_this_machine_may_be_sent_in_the_clear():
    opening = Opening(Wish(**WISH, **LOGIN, is_local=True))
    opening.receive(b"220 a\r\n")
    opening.receive(b"250-a\r\n250 AUTH PLAIN\r\n")
    assert b"AUTH PLAIN " in opening.output()


def test_an_old_server_is_greeted_the_old_way():
    opening = Opening(Wish(**WISH))
    last = talk(
        opening, (b"220 a\r\n", EHLO), (b"502 what?\r\n", b"HELO mail.example\r\n"), (b"250 a\r\n", b"")
    )
    assert last == [Ready(Offer())]


def test_a_connection_that_ends_amid_the_opening_says_so_once():
    opening = Opening(Wish(**WISH))
    assert opening.lost() == [Closed(Trouble.LOST, 0, b"")]
    assert opening.lost() == []


@given(st.binary(max_size=200))
def test_no_offer_breaks_the_reader(text):
    offer = read_offer(text)
    assert offer.size is None or offer.size >= 0


@given(
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"220 a\r\n", b"250-a\r\n250 STARTTLS\r\n"])))
)
def test_no_bytes_break_the_opening(chunks):
    opening = Opening(Wish(**WISH, security="offered", **LOGIN))
    events = [event for chunk in chunks for event in opening.receive(chunk)] + opening.lost()
    assert sum(isinstance(event, Ready | Closed) for event in events) <= 1


def test_a_token_takes_the_place_of_the_password():
    wish = Wish(
        hello="[127.0.0.1]", security="tls", login="token", username="jo@winkel.example", password="tok"
    )
    opening = Opening(wish)
    opening.receive(b"220 mx\r\n")
    opening.output()
    opening.receive(b"250-mx\r\n250 AUTH PLAIN XOAUTH2\r\n")
    sent = opening.output()
    assert sent.startswith(b"AUTH XOAUTH2 ")
    assert base64.b64decode(sent[13:]) == b"user=jo@winkel.example\x01auth=Bearer tok\x01\x01"
    opening.receive(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
    assert opening.output() == b"\r\n"
    (closed,) = opening.receive(b"535 5.7.8 no\r\n")
    assert closed.trouble is Trouble.LOGIN
