"""Header fields that every reader unfolds to what was meant, whatever was put in."""

import datetime as dt
import email
import email.header
import email.policy
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailexpert.mail import headers

TEXTS = st.text(max_size=300) | st.text(alphabet="ab é😀=?\t\r\n ", max_size=300)


def parsed(name, value):
    """The field as the standard library reads it in a whole mail."""
    mail = email.message_from_bytes(
        name + b": " + value + b"\r\nX-After: 1\r\n\r\n", policy=email.policy.default
    )
    assert mail["X-After"] == "1"
    assert len(mail.keys()) == 2
    return mail[name.decode()]


def assert_lines(name, value):
    for line in (name + b": " + value).split(b"\r\n"):
        assert len(line) <= 998
        assert line.strip()
        assert b"\n" not in line
        assert b"\r" not in line
        if b"=?utf-8?B?" in line:
            assert len(line) <= 76
            assert all(len(word) <= 75 for word in line.split() if word.startswith(b"=?"))


@given(TEXTS)
@example("a" * 2_000)
@example("woord " * 60)
@example("Re: =?utf-8?Q?x?=")
def test_a_subject_is_read_as_it_was_meant(text):
    value = headers.unstructured(text, start=9)
    assert_lines(b"Subject", value)
    wanted = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()[:400].strip()
    wanted = wanted.encode("utf-8", "replace").decode()
    decoded = str(
        email.header.make_header(email.header.decode_header(value.decode("ascii").replace("\r\n", "")))
    )
    assert decoded == wanted


@given(TEXTS)
@example("Vries, de <x@y.nl>")
@example('"')
@example("\\")
@example("n" * 300)
def test_a_name_stays_a_name(name):
    value = headers.mailbox(name, "nieuws@winkel.example", start=6)
    assert_lines(b"From", value)
    (found,) = parsed(b"From", value).addresses
    assert found.addr_spec == "nieuws@winkel.example"
    if name.isascii() and name.isprintable() and "  " not in name and len(name) < 60:
        assert found.display_name == name.strip()


def test_a_name_beyond_ascii_is_read_as_it_was_written():
    (found,) = parsed(b"From", headers.mailbox("Winkel 't Vriés 😀", "a@b.nl", start=6)).addresses
    assert found.display_name == "Winkel 't Vriés 😀"


def test_no_name_is_the_address_alone():
    assert headers.mailbox(" \r\n", "a@b.nl", start=6) == b"a@b.nl"


@given(TEXTS)
def test_a_list_s_name_can_not_hide_its_identifier(name):
    value = headers.list_id(name, "l4.a3.winkel.example")
    assert re.fullmatch(rb'("[A-Za-z0-9 .-]+" )?<l4\.a3\.winkel\.example>', value)


def test_a_date_has_its_zone():
    moment = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert headers.date(moment) == b"Thu, 26 Nov 2026 09:30:00 +0100"
    with pytest.raises(ValueError, match="zone"):
        headers.date(moment.replace(tzinfo=None))
