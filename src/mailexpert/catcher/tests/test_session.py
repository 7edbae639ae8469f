import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.catcher import session as unit
from mailexpert.catcher.session import Mail, Reply, Session

ENVELOPE = b"EHLO me\r\nMAIL FROM:<a@b.example> BODY=8BITMIME\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


def steps(session: Session, data: bytes) -> list[Mail | Reply]:
    session.feed(data)
    found = []
    while (step := session.step()) is not None:
        found.append(step)
    return found


def codes(found: list[Mail | Reply]) -> list[str]:
    return ["mail" if isinstance(one, Mail) else one.text[:3].decode() for one in found]


def caught(data: bytes) -> Mail:
    [mail] = [one for one in steps(Session(host="test"), data) if isinstance(one, Mail)]
    return mail


def test_a_mail_comes_out_as_it_went_in() -> None:
    mail = caught(ENVELOPE + b"Subject: x\r\n\r\nhello\r\n.\r\n")
    assert mail == Mail(sender="a@b.example", recipients=("c@d.example",), raw=b"Subject: x\r\n\r\nhello\r\n")


def test_everything_sent_at_once_is_answered_in_order() -> None:
    found = steps(Session(host="test"), ENVELOPE + b"x\r\n.\r\nMAIL FROM:<>\r\nQUIT\r\n")
    assert codes(found) == ["250", "250", "250", "354", "mail", "250", "221"]


def test_byte_by_byte_gives_the_same_as_at_once() -> None:
    session, found = Session(host="test"), []
    for byte in ENVELOPE + b"..a\r\n.b\r\n.\r\n":
        found += steps(session, bytes([byte]))
    assert codes(found) == ["250", "250", "250", "354", "mail"]
    assert found[-1].raw == b".a\r\nb\r\n"  # type: ignore[union-attr]


def test_the_offers_name_pipelining_size_eight_bits_and_utf8() -> None:
    [reply] = steps(Session(host="test"), b"EHLO me\r\n")
    assert isinstance(reply, Reply)
    offers = reply.text.decode().split("\r\n")
    assert {"250-PIPELINING", "250-8BITMIME", "250-SMTPUTF8"} <= set(offers)
    assert any(offer.startswith("250-SIZE ") for offer in offers)


def test_a_bare_line_feed_ends_no_mail() -> None:
    mail = caught(ENVELOPE + b"a\n.\nMAIL FROM:<evil@b.example>\r\nb\r\n.\r\n")
    assert b"evil" in mail.raw


def test_an_empty_sender_and_letters_beyond_ascii_are_fine() -> None:
    mail = caught("EHLO me\r\nMAIL FROM:<> SMTPUTF8\r\nRCPT TO:<jörg@b.example>\r\nDATA\r\n.\r\n".encode())
    assert (mail.sender, mail.recipients, mail.raw) == ("", ("jörg@b.example",), b"")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"MAIL FROM:<a@b>\r\n", "503"),
        (b"EHLO me\r\nRCPT TO:<a@b>\r\n", "503"),
        (b"EHLO me\r\nMAIL a@b\r\n", "501"),
        (b"EHLO me\r\nMAIL FROM:<a@b>\r\nDATA\r\n", "503"),
        (b"EHLO me\r\nMAIL FROM:<a@b> SIZE=99999999\r\n", "552"),
        (b"GET / HTTP/1.1\r\n", "500"),
        (b"x" * 5000, "500"),
    ],
)
def test_what_is_out_of_order_or_too_much_is_refused(said: bytes, code: str) -> None:
    assert codes(steps(Session(host="test"), said))[-1] == code


def test_who_speaks_another_language_is_hung_up_on() -> None:
    found = steps(Session(host="test"), b"HELLO THERE\r\n" * unit.MOST_FAULTS)
    assert isinstance(found[-1], Reply)
    assert found[-1].hang_up


def test_too_large_a_mail_is_refused_and_the_next_one_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "LARGEST_MAIL", 100)
    session, found = Session(host="test"), []
    large = ENVELOPE + b"x" * 90 + b"\r\n" + b"y" * 90 + b"\r\n.\r\n"
    for begin in range(0, len(large), 40):
        found += steps(session, large[begin : begin + 40])
    found += steps(session, ENVELOPE.partition(b"\r\n")[2] + b"small\r\n.\r\n")
    assert codes(found) == ["250", "250", "250", "354", "552", "250", "250", "354", "mail"]


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_bytes_break_it(pieces: list[bytes]) -> None:
    session = Session(host="test")
    for piece in pieces:
        steps(session, piece)


@given(st.binary(max_size=300))
def test_any_body_arrives_as_it_was_sent(body: bytes) -> None:
    body = body.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"
    stuffed = (b"." if body.startswith(b".") else b"") + body.replace(b"\r\n.", b"\r\n..")
    assert caught(ENVELOPE + stuffed + b".\r\n").raw == body
