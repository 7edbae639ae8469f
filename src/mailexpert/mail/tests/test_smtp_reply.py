"""Replies are cut right wherever the network cuts them, and nonsense has an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.smtp_reply import LONGEST_LINE, MOST_LINES, Malformed, Replies


def test_a_reply_of_several_lines_is_one():
    read = list(Replies().feed(b"250-mx.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"))
    assert read == [(250, b"mx.example\nPIPELINING\nSIZE 1000")]


def test_a_code_alone_is_a_reply():
    assert list(Replies().feed(b"250\r\n354\n")) == [(250, b""), (354, b"")]


WORDS = st.from_regex(rb"[ -~]{0,30}", fullmatch=True)


@given(st.lists(st.tuples(st.integers(200, 599), st.lists(WORDS, min_size=1))), st.data())
def test_it_does_not_matter_where_the_bytes_are_cut(replies, data):
    coded = b""
    for code, lines in replies:
        for line in lines[:-1]:
            coded += b"%d-%b\r\n" % (code, line)
        coded += b"%d %b\r\n" % (code, lines[-1])
    reader, read = Replies(), []
    while coded:
        cut = data.draw(st.integers(1, len(coded)))
        read += reader.feed(coded[:cut])
        coded = coded[cut:]
    assert read == [(code, b"\n".join(lines)) for code, lines in replies]
    assert not reader.is_amid


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"25 ok\r\n",
        b"199 ok\r\n",
        b"600 ok\r\n",
        b"2500 ok\r\n",
        b"\r\n",
        b"250-one\r\n251 two\r\n",
        b"250 " + b"x" * LONGEST_LINE + b"\r\n",
        b"x" * (LONGEST_LINE + 1),
        b"250-on and on\r\n" * (MOST_LINES + 1),
    ],
)
def test_nonsense_is_refused(data):
    with pytest.raises(Malformed):
        list(Replies().feed(data))


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_bytes_raise_anything_else_or_are_kept_for_ever(chunks):
    reader = Replies()
    try:
        for chunk in chunks:
            for code, _text in reader.feed(chunk):
                assert 200 <= code <= 599
    except Malformed:
        return
    assert len(reader._rest) <= LONGEST_LINE
